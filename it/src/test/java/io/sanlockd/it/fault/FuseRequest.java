package io.sanlockd.it.fault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A request of the kernel (struct fuse_in_header and what follows it).
 *
 * @param opcode what it wants
 * @param unique number that the reply repeats
 * @param node inode number it is about
 * @param body everything behind the header; only valid until the next request is read
 */
record FuseRequest(int opcode, long unique, long node, ByteBuffer body) {
  static final int LOOKUP = 1;
  static final int FORGET = 2;
  static final int GETATTR = 3;
  static final int OPEN = 14;
  static final int READ = 15;
  static final int WRITE = 16;
  static final int STATFS = 17;
  static final int RELEASE = 18;
  static final int FSYNC = 20;
  static final int FLUSH = 25;
  static final int INIT = 26;
  static final int INTERRUPT = 36;
  static final int DESTROY = 38;
  static final int BATCH_FORGET = 42;

  private static final int HEADER_LENGTH = 40;

  static FuseRequest of(ByteBuffer message) {
    return new FuseRequest(
        message.getInt(4),
        message.getLong(8),
        message.getLong(16),
        message.slice(HEADER_LENGTH, message.limit() - HEADER_LENGTH).order(message.order()));
  }

  boolean wantsNoReply() {
    return opcode == FORGET || opcode == BATCH_FORGET || opcode == INTERRUPT;
  }

  /** Offset in the file; of a read or write. */
  long offset() {
    return body.getLong(8);
  }

  /** Number of bytes; of a read or write. */
  int size() {
    return body.getInt(16);
  }

  /** The bytes to be written; of a write. */
  ByteBuffer data() {
    return body.slice(40, size());
  }

  /** The name looked for; of a lookup. */
  String name() {
    byte[] bytes = new byte[body.limit() - 1];
    body.get(0, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
