/**
 * Bytes in, whole requests out. One thread runs an {@link io.sanlockd.daemon.loop.EventLoop} over
 * epoll; it never waits for a client, a disk or a lock ({@code protocol.md} 4.6). A client that
 * stalls, floods or dies costs one bounded buffer.
 *
 * <p>How a request walks: {@link io.sanlockd.daemon.loop.Listener} gives the listening descriptor,
 * the loop accepts a {@link io.sanlockd.daemon.loop.Connection}, whose 32 header bytes go to {@link
 * io.sanlockd.daemon.loop.RequestHandler#header}; {@link io.sanlockd.daemon.loop.Framing} says how
 * much payload belongs to it; {@link io.sanlockd.daemon.loop.RequestHandler#request} serves it at
 * once or hands it to a worker, which comes back through {@link
 * io.sanlockd.daemon.loop.EventLoop#execute}; {@link io.sanlockd.daemon.loop.Connection#reply}
 * sends the answer as fast as the peer reads it. Then the next header is looked at.
 *
 * <p>Everything belongs to the loop's thread except {@code execute} and {@code stop}.
 */
package io.sanlockd.daemon.loop;
