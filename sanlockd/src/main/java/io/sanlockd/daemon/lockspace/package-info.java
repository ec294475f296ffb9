/**
 * Joining, renewing and leaving lockspaces (lockspace.md). {@link
 * io.sanlockd.daemon.lockspace.Lockspaces} is the main loop's view; each lockspace has one {@link
 * io.sanlockd.daemon.lockspace.RenewalThread}.
 */
package io.sanlockd.daemon.lockspace;
