"""Fencing with a watchdog that really resets: virtual machines, an emulated device, a shared disk."""
