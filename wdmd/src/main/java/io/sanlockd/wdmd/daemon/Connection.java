package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The socket of a client with the one message that may be incomplete. Loop thread only. */
final class Connection {
  /** What reading brought. */
  enum Input {
    /** Nothing, or only a part of a message. */
    INCOMPLETE,

    /** A whole message. */
    MESSAGE,

    /** The peer has closed, perhaps in the middle of a message. */
    END
  }

  final int fd;
  final int peerPid;
  final Client client;
  final WdmdMessage message = WdmdMessage.allocate();

  /** When the first bytes of the incomplete message came. */
  private long partialNanos;

  Connection(int fd, int peerPid, Client client) {
    this.fd = fd;
    this.peerPid = peerPid;
    this.client = client;
  }

  /** Reads what is there, at most up to the end of one message. */
  Input read(long nowNanos) {
    ByteBuffer buffer = message.buffer();
    if (!buffer.hasRemaining()) {
      buffer.clear();
    }
    boolean first = buffer.position() == 0;
    int count = Fd.read(fd, buffer);
    if (count == -Errno.EAGAIN) {
      return Input.INCOMPLETE;
    }
    if (count <= 0) {
      return Input.END;
    }
    if (first) {
      partialNanos = nowNanos;
    }
    return buffer.hasRemaining() ? Input.INCOMPLETE : Input.MESSAGE;
  }

  /** Bytes of a message that is not complete. */
  int partialBytes() {
    int position = message.buffer().position();
    return position == WdmdMessage.BYTES ? 0 : position;
  }

  /** Whether a message is incomplete for at least that long. */
  boolean partialFor(long nanos, long nowNanos) {
    return partialBytes() > 0 && nowNanos - partialNanos >= nanos;
  }

  /**
   * Sends the message back. The kernel takes it whole or not at all; a client that does not read
   * its answers does not get this one.
   *
   * @return 0 or a negative errno
   */
  int sendMessage() {
    return Math.min(0, Fd.send(fd, message.buffer().clear()));
  }

  /** Sends text as far as the socket takes it. */
  void sendText(byte[] text) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(text.length).order(ByteOrder.nativeOrder());
    bytes.put(text).flip();
    int sent;
    do {
      sent = Fd.send(fd, bytes);
    } while (sent > 0 && bytes.hasRemaining());
  }
}
