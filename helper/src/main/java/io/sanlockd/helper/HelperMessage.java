package io.sanlockd.helper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message from the daemon to its helper: 512 bytes in native order (recovery.md 8.1). As 512 is
 * at most PIPE_BUF, a message is written and read in one piece.
 *
 * <p>Text fields are bytes without a charset; here each char of a string is one byte (0..255).
 */
public sealed interface HelperMessage {
  /** Length of every message in bytes. */
  int LENGTH = 512;

  /** Bytes of the path field, the final NUL included. */
  int PATH_LENGTH = 128;

  /** Bytes of the argument field, the final NUL included. */
  int ARGS_LENGTH = 128;

  /** Message type of {@link RunPath}. */
  byte TYPE_RUNPATH = 1;

  /** Message type of {@link KillPid}. */
  byte TYPE_KILLPID = 2;

  /** Message type of {@link WriteSysfs}. */
  byte TYPE_WRITE_SYSFS = 3;

  /** Offset of the type, 1 byte. */
  int TYPE_OFFSET = 0;

  /** Offset of the pid, 4 bytes. */
  int PID_OFFSET = 8;

  /** Offset of the signal, 4 bytes. */
  int SIG_OFFSET = 12;

  /** Offset of the path. */
  int PATH_OFFSET = 16;

  /** Offset of the arguments. */
  int ARGS_OFFSET = PATH_OFFSET + PATH_LENGTH;

  /**
   * Run a program.
   *
   * @param path the program; without a slash it is searched in PATH
   * @param args argument string, split by the rules of {@link KillpathArguments}
   * @param pid appended as the last argument when it is not 0
   */
  record RunPath(String path, String args, int pid) implements HelperMessage {}

  /**
   * Send a signal to one process.
   *
   * @param pid the process
   * @param signal the signal's number
   */
  record KillPid(int pid, int signal) implements HelperMessage {}

  /**
   * Write a number to a sysfs file.
   *
   * @param path the file
   * @param value the number in decimal
   */
  record WriteSysfs(String path, String value) implements HelperMessage {}

  /**
   * Writes a kill message over the whole of {@code buffer} without allocating: the daemon prepares
   * the buffer long before it needs it.
   *
   * @param buffer at least 512 bytes; position and limit are left at 0 and 512
   */
  static void encodeKillPid(ByteBuffer buffer, int pid, int signal) {
    clear(buffer);
    buffer.put(TYPE_OFFSET, TYPE_KILLPID);
    buffer.putInt(PID_OFFSET, pid);
    buffer.putInt(SIG_OFFSET, signal);
  }

  /**
   * Writes this message over the whole of {@code buffer}.
   *
   * @param buffer at least 512 bytes; position and limit are left at 0 and 512
   * @throws IllegalArgumentException if a text does not fit its field or has a char above 255
   */
  default void encode(ByteBuffer buffer) {
    if (this instanceof KillPid kill) {
      encodeKillPid(buffer, kill.pid(), kill.signal());
    } else if (this instanceof RunPath run) {
      clear(buffer);
      buffer.put(TYPE_OFFSET, TYPE_RUNPATH);
      buffer.putInt(PID_OFFSET, run.pid());
      putText(buffer, PATH_OFFSET, PATH_LENGTH, run.path());
      putText(buffer, ARGS_OFFSET, ARGS_LENGTH, run.args());
    } else if (this instanceof WriteSysfs write) {
      clear(buffer);
      buffer.put(TYPE_OFFSET, TYPE_WRITE_SYSFS);
      putText(buffer, PATH_OFFSET, PATH_LENGTH, write.path());
      putText(buffer, ARGS_OFFSET, ARGS_LENGTH, write.value());
    }
  }

  /**
   * Reads a message.
   *
   * @param bytes the message; only its length, not its position, matters
   * @return empty when the length or the type is unknown
   */
  static Optional<HelperMessage> decode(byte[] bytes) {
    if (bytes.length != LENGTH) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int pid = buffer.getInt(PID_OFFSET);
    String path = text(bytes, PATH_OFFSET, PATH_LENGTH);
    String args = text(bytes, ARGS_OFFSET, ARGS_LENGTH);
    return switch (bytes[TYPE_OFFSET]) {
      case TYPE_RUNPATH -> Optional.of(new RunPath(path, args, pid));
      case TYPE_KILLPID -> Optional.of(new KillPid(pid, buffer.getInt(SIG_OFFSET)));
      case TYPE_WRITE_SYSFS -> Optional.of(new WriteSysfs(path, args));
      default -> Optional.empty();
    };
  }

  private static void clear(ByteBuffer buffer) {
    buffer.order(ByteOrder.nativeOrder());
    buffer.clear().limit(LENGTH);
    for (int offset = 0; offset < LENGTH; offset += Long.BYTES) {
      buffer.putLong(offset, 0);
    }
  }

  private static void putText(ByteBuffer buffer, int offset, int length, String text) {
    if (text.length() >= length || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "text of " + text.length() + " bytes does not fit a field of " + length);
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        throw new IllegalArgumentException("not a byte at " + i + " of the text");
      }
      buffer.put(offset + i, (byte) text.charAt(i));
    }
  }

  /** The field up to its first NUL; its last byte is taken as NUL whatever it is. */
  private static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length - 1 && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, StandardCharsets.ISO_8859_1);
  }
}
