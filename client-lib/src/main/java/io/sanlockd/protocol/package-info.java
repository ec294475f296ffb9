/**
 * What travels on the daemon's socket, as values: fixed structures ({@link
 * io.sanlockd.protocol.MessageHeader}, {@link io.sanlockd.protocol.Resource}, {@link
 * io.sanlockd.protocol.Lockspace} and others), the {@linkplain io.sanlockd.protocol.Command
 * commands}, the rule how many bytes a request has ({@link io.sanlockd.protocol.PayloadFraming})
 * and the text forms of leases. Everything is little endian whatever the order of the buffer.
 * Decoding never fails with anything but {@link io.sanlockd.protocol.ProtocolException}; texts are
 * byte strings with one char for each byte (ISO-8859-1), so every path and name survives. No I/O.
 *
 * <p>The layout is that of protocol.md 3; the section numbers in this package refer to that
 * document unless another is named.
 */
package io.sanlockd.protocol;
