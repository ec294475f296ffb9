/**
 * What one life of the daemon leaves for the next: enough to prove that none of its processes can
 * still run, so that the next one need not wait until a watchdog would have reset the host
 * (delta-lease.md 12.2). Whatever is missing, damaged or not understood proves nothing.
 */
package io.sanlockd.daemon.incarnation;
