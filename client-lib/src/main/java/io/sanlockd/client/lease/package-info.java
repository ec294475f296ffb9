/**
 * Leases for programs that need them: storage controllers, managers of virtual machines,
 * schedulers.
 *
 * <h2>The first lease</h2>
 *
 * <pre>{@code
 * LeaseResource printer = LeaseResource.parse("demo:printer:/srv/shared/disk:1048576");
 * try (Leases leases = Leases.open();
 *     Lease lease = leases.request(printer).waitingFor(Duration.ofSeconds(30)).acquire()) {
 *   while (hasWork()) {
 *     lease.ensureHeld();
 *     printer.print(nextPage(), lease.token());
 *   }
 * }
 * }</pre>
 *
 * <p>The daemon must run on this host and must have joined the lockspace ({@code demo}); the lease
 * must have been initialised. All of that can be done with {@link
 * io.sanlockd.client.lease.Leases#client} too.
 *
 * <h2>What a lease is worth</h2>
 *
 * <p>A lease is on the disk, and the daemon proves every few seconds that this host is alive. Other
 * hosts take the lease only when this host has given it back, or has been silent for so long that
 * its watchdog must have reset it. Three things can go wrong here, and each ends the lease for good
 * in the eyes of its object ({@link io.sanlockd.client.lease.LeaseLoss}):
 *
 * <ul>
 *   <li>The daemon dies. The connection on which the lease was taken ends, which is noticed at
 *       once.
 *   <li>The daemon loses the storage. It stops the processes that hold leases: first the killpath
 *       or SIGTERM, then SIGKILL. This library sees the failure within about a second. A process
 *       that stops its work and closes the lease in time is left alone.
 *   <li>The daemon, or this process, stands still. Nobody confirms that the host still renews, and
 *       the object says "not held" when 8 io_timeouts have passed since the last renewal it knows
 *       of.
 * </ul>
 *
 * <p>Whoever asks {@link io.sanlockd.client.lease.Lease#isHeld} and then acts, acts a moment later.
 * If that must not happen without the lease, hand the {@link io.sanlockd.client.lease.FencingToken}
 * to what is acted on, and check it there with a {@link io.sanlockd.client.lease.FencingGate}.
 *
 * <h2>Which class for what</h2>
 *
 * <ul>
 *   <li>{@link io.sanlockd.client.lease.LeaseMutex}: one piece of work at a time, on all hosts.
 *   <li>{@link io.sanlockd.client.lease.LeaderElection}: one of several candidates leads.
 *   <li>{@link io.sanlockd.client.lease.LeasedProcess}: a child process holds the lease itself.
 *   <li>{@link io.sanlockd.client.lease.LeaseValue}: a sector of data that goes with the lease.
 *   <li>{@link io.sanlockd.client.lease.Leases#hostEvents}: messages between the daemons' hosts.
 * </ul>
 *
 * <h2>Threads and time</h2>
 *
 * <p>All public classes may be shared between threads unless they say otherwise. Each lease has a
 * connection of its own, so one that waits never holds up another. Every question to the daemon has
 * a time limit; the wait for a lease can be interrupted, and {@link
 * io.sanlockd.client.lease.LeaseRequest#acquireAsync} can be cancelled. Only the JDK is used: no
 * native code.
 */
package io.sanlockd.client.lease;
