package io.sanlockd.daemon.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last mebibyte of log text, all levels, as LOG_DUMP returns it. Thread-safe. */
final class LogRing {
  private static final int SIZE = 1 << 20;

  private final byte[] ring = new byte[SIZE];
  private int next;
  private boolean wrapped;

  synchronized void append(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    int first = Math.min(bytes.length, SIZE - next);
    System.arraycopy(bytes, 0, ring, next, first);
    System.arraycopy(bytes, first, ring, 0, bytes.length - first);
    if (next + bytes.length >= SIZE) {
      wrapped = true;
    }
    next = (next + bytes.length) % SIZE;
  }

  /** The text, oldest first; as long as nothing was overwritten the last newline is left out. */
  synchronized byte[] dump() {
    if (!wrapped) {
      return Arrays.copyOf(ring, Math.max(0, next - 1));
    }
    byte[] text = new byte[SIZE];
    System.arraycopy(ring, next, text, 0, SIZE - next);
    System.arraycopy(ring, 0, text, SIZE - next, next);
    return text;
  }
}
