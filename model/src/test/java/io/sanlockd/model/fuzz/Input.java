package io.sanlockd.model.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Where one case takes its input from, and what it took. */
public final class Input {
  private static final int MOST_CHANGES = 8;
  private static final long[] EDGES = {
    0,
    1,
    2,
    7,
    8,
    255,
    256,
    2000,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    1L << 32,
    1L << 40
  };

  private final SplittableRandom random;
  private volatile byte[] current = {};

  Input(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** What the case works on; shown when it fails. */
  public byte[] working(byte[] bytes) {
    current = bytes;
    return bytes;
  }

  /** What the case works on; shown when it fails. */
  public String working(String text) {
    current = text.getBytes(StandardCharsets.ISO_8859_1);
    return text;
  }

  byte[] current() {
    return current;
  }

  /** A number from 0 to below {@code bound}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** True once in {@code times}. */
  public boolean onceIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** Any number, more often one at which things change. */
  public long number() {
    return onceIn(2) ? EDGES[below(EDGES.length)] : random.nextLong();
  }

  /** One of several. */
  public <T> T oneOf(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Any bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A copy with a few bytes, words or stretches changed; the length stays. */
  public byte[] damaged(byte[] original) {
    byte[] bytes = original.clone();
    for (int i = below(MOST_CHANGES) + 1; i > 0 && bytes.length > 0; i--) {
      int at = below(bytes.length);
      switch (below(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << below(8));
        case 1 -> bytes[at] = (byte) number();
        case 2 -> putNumber(bytes, at & ~3, 4);
        case 3 -> putNumber(bytes, at & ~7, 8);
        default -> copy(bytes, at);
      }
    }
    return bytes;
  }

  private void putNumber(byte[] bytes, int at, int length) {
    long value = number();
    for (int i = 0; i < length && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >> (8 * i));
    }
  }

  private void copy(byte[] bytes, int at) {
    int from = below(bytes.length);
    int length = below(Math.min(64, bytes.length - Math.max(at, from)) + 1);
    System.arraycopy(bytes, from, bytes, at, length);
  }

  /** A text made of pieces, now and then with any characters from 1 to 255 between them. */
  public String text(List<String> pieces, int mostPieces) {
    StringBuilder text = new StringBuilder();
    for (int i = below(mostPieces + 1); i > 0; i--) {
      if (onceIn(6)) {
        for (int j = below(4); j >= 0; j--) {
          text.append((char) (1 + below(255)));
        }
      } else if (onceIn(12)) {
        text.append(number());
      } else if (onceIn(40)) {
        text.append("x".repeat(below(1200)));
      } else {
        text.append(oneOf(pieces));
      }
    }
    return text.toString();
  }
}
