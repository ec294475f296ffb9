package io.sanlockd.daemon.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The last mebibyte of log text, all levels, as LOG_DUMP returns it. Thread-safe. */
final class LogRing {
  static final int SIZE = 1 << 20;
  private static final int CHUNK = 16 * 1024;

  private final byte[] ring = new byte[SIZE];

  /** Bytes ever appended. */
  private long end;

  synchronized void append(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    int at = (int) (end % SIZE);
    int first = Math.min(bytes.length, SIZE - at);
    System.arraycopy(bytes, 0, ring, at, first);
    System.arraycopy(bytes, first, ring, 0, bytes.length - first);
    end += bytes.length;
  }

  /** The text, oldest first; as long as nothing was overwritten the last newline is left out. */
  synchronized LogText dump() {
    boolean wrapped = end >= SIZE;
    long from = wrapped ? end - SIZE : 0;
    long to = wrapped ? end : Math.max(0, end - 1);
    return new LogText((int) (to - from), new Chunks(from, to));
  }

  private synchronized ByteBuffer copy(long from, int length) {
    byte[] text = new byte[length];
    int lost = (int) Math.min(length, Math.max(0, end - SIZE - from));
    Arrays.fill(text, 0, lost, (byte) '\n');
    int at = (int) ((from + lost) % SIZE);
    int first = Math.min(length - lost, SIZE - at);
    System.arraycopy(ring, at, text, lost, first);
    System.arraycopy(ring, 0, text, lost + first, length - lost - first);
    return ByteBuffer.wrap(text);
  }

  private final class Chunks implements Iterator<ByteBuffer> {
    private final long to;
    private long at;

    Chunks(long from, long to) {
      this.at = from;
      this.to = to;
    }

    @Override
    public boolean hasNext() {
      return at < to;
    }

    @Override
    public ByteBuffer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int length = (int) Math.min(CHUNK, to - at);
      ByteBuffer chunk = copy(at, length);
      at += length;
      return chunk;
    }
  }
}
