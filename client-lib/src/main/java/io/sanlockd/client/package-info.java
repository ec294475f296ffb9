/**
 * A client of the daemon. {@link io.sanlockd.client.SanlockClient} is the door: typed calls that
 * throw {@link io.sanlockd.client.SanlockException}. Below it lies {@link
 * io.sanlockd.client.SanlockClient#exchange}, which takes a message of {@link
 * io.sanlockd.client.Requests} and gives the numbers as the C library would; the command line is
 * built on that. {@link io.sanlockd.client.RegisteredClient} is a process that can hold leases: its
 * connection is its life, closing it gives the leases back (protocol.md 1, 12).
 *
 * <p>Everything is synchronous and free of native code, except {@link
 * io.sanlockd.client.NativeTransport} for a connection that outlives an exec. A connection belongs
 * to one thread at a time; a client may be shared.
 */
package io.sanlockd.client;
