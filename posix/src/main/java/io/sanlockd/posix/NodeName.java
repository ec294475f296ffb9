package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The name of this machine. */
public final class NodeName {
  private static final int FIELD_BYTES = 65;

  private NodeName() {}

  /** Node name of uname(2), at most 64 bytes. */
  public static String get() {
    Native.Scratch scratch = Native.scratch();
    if (Native.C.uname(scratch.address) < 0) {
      throw new IllegalStateException("uname: " + Errno.name(Native.errno()));
    }
    ByteBuffer names = scratch.buffer;
    int length = 0;
    while (length < FIELD_BYTES && names.get(FIELD_BYTES + length) != 0) {
      length++;
    }
    byte[] name = new byte[length];
    names.get(FIELD_BYTES, name);
    return new String(name, StandardCharsets.UTF_8);
  }
}
