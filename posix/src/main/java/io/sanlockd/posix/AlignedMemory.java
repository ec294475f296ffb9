package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory for direct I/O. */
public final class AlignedMemory {
  /** Alignment of every buffer, enough for every sector size up to 4096. */
  public static final int ALIGNMENT_BYTES = 4096;

  private AlignedMemory() {}

  /**
   * A zeroed, page-aligned, little-endian direct buffer of exactly {@code bytes} bytes. It lives as
   * long as a reference to it exists: keep one while the kernel works on it.
   */
  public static ByteBuffer allocate(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes " + bytes);
    }
    int wholePages = Math.multiplyExact((bytes - 1) / ALIGNMENT_BYTES + 1, ALIGNMENT_BYTES);
    return ByteBuffer.allocateDirect(Math.addExact(wholePages, ALIGNMENT_BYTES))
        .alignedSlice(ALIGNMENT_BYTES)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Address of index 0 of a direct buffer, whatever its position. */
  public static long address(ByteBuffer direct) {
    return Native.address(direct);
  }
}
