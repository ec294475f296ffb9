/**
 * A client of the daemon, one call for each of its commands. Programs that just need a lease find
 * it in {@link io.sanlockd.client.lease}; this is the level below, where lockspaces are joined,
 * leases initialised, hosts looked at.
 *
 * <p>{@link io.sanlockd.client.SanlockClient} is the door: typed calls that throw {@link
 * io.sanlockd.client.SanlockException}, which knows the number on the wire, its name and cause,
 * what to do next, and the owner of a lease that was refused. Below it lies {@link
 * io.sanlockd.client.SanlockClient#exchange}, which takes a message of {@link
 * io.sanlockd.client.Requests} and gives the numbers as the C library would; the command line is
 * built on that.
 *
 * <p>{@link io.sanlockd.client.RegisteredClient} is a process that can hold leases: its connection
 * is its life, closing it gives the leases back (protocol.md 1, 12). Over a {@link
 * io.sanlockd.client.WatchedConnection} its end is known at once, otherwise with the next call.
 *
 * <p>Everything is synchronous and free of native code, except {@link
 * io.sanlockd.client.NativeTransport} for a connection that outlives an exec. Each wait for the
 * daemon is limited by the read timeout of the {@link io.sanlockd.client.Endpoint}, if it has one,
 * and then also ends with an interrupt. A connection belongs to one thread at a time unless it says
 * otherwise; a client may be shared.
 */
package io.sanlockd.client;
