package io.sanlockd.reset;

import io.sanlockd.model.Check;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a local sanlk-resetd is told (cli.md 10): {@code COMMAND NAME} as text in a datagram of 256
 * bytes, zeros behind it.
 *
 * @param command {@code reg}, {@code end} or {@code clear}; others are ignored by the receiver
 * @param name of a lockspace, one byte for each char
 */
record UpdateMessage(String command, String name) {
  /** Bytes on the wire. */
  static final int LENGTH = 256;

  /** Checks that it can be sent. */
  UpdateMessage {
    Check.argument(
        isWord(command) && isWord(name) && command.length() + name.length() + 2 <= LENGTH,
        "not a lockspace_name: '" + name + "'");
  }

  private static boolean isWord(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 256);
  }

  /** The message in the bytes of a datagram; empty when it has no two words. */
  static Optional<UpdateMessage> decode(ByteBuffer datagram) {
    String text = StandardCharsets.ISO_8859_1.decode(datagram).toString();
    int end = text.indexOf(0);
    if (end < 0) {
      return Optional.empty();
    }
    String[] words = text.substring(0, end).strip().split("\\s+", -1);
    if (words.length < 2 || !isWord(words[0]) || !isWord(words[1])) {
      return Optional.empty();
    }
    return Optional.of(new UpdateMessage(words[0], words[1]));
  }

  /** A direct buffer with the datagram. */
  ByteBuffer encode() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH);
    datagram.put((command + " " + name).getBytes(StandardCharsets.ISO_8859_1));
    return datagram.position(LENGTH).flip();
  }

  /** Sends a message. That it is sent does not mean that it was read. */
  static void send(String path, UpdateMessage message) throws PosixException {
    int fd = UnixSockets.connectDatagram(path);
    try {
      int sent = Fd.send(fd, message.encode());
      if (sent < 0) {
        throw new PosixException("send", path, -sent);
      }
    } finally {
      Fd.close(fd);
    }
  }
}
