/**
 * The lock manager daemon. One thread, the main loop, owns all control state: lockspaces, clients,
 * resources. It never waits and never touches a disk. Disk work runs on {@linkplain
 * io.sanlockd.daemon.work.Workers worker threads} and on one renewal thread for each lockspace;
 * they get immutable inputs and hand their results back to the main loop. So there are no locks to
 * order, and a step like "the lease is granted if its lockspace is still alive" is atomic by
 * nature.
 */
package io.sanlockd.daemon;
