/**
 * The watchdog multiplexer (wdmd.md): it pings one watchdog device as long as every client keeps
 * its promise, and lets the device reset the machine otherwise.
 *
 * <p>{@link io.sanlockd.wdmd.daemon.Multiplexer} holds all decisions and knows no socket; {@link
 * io.sanlockd.wdmd.daemon.DeviceKeeper} is the only one that touches the device and asks the clock
 * immediately before it does. {@link io.sanlockd.wdmd.daemon.ServerLoop} brings messages and time.
 * All of it is one thread; other threads run scripts and write the log.
 */
package io.sanlockd.wdmd.daemon;
