package io.sanlockd.sim;

import java.nio.ByteBuffer;

/** The bytes of one device: those of a formatted template and the sectors written since. */
final class SimStorage {
  static final int SECTOR = 512;

  private final String path;
  private final byte[] template;
  private final byte[][] written;

  SimStorage(String path, byte[] template) {
    this.path = path;
    this.template = template;
    this.written = new byte[template.length / SECTOR][];
  }

  String path() {
    return path;
  }

  long length() {
    return template.length;
  }

  /** A write lands. */
  void put(long offset, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += SECTOR) {
      byte[] sector = new byte[SECTOR];
      System.arraycopy(bytes, at, sector, 0, SECTOR);
      written[(int) ((offset + at) / SECTOR)] = sector;
    }
  }

  /** Copies some sectors into a buffer at its position. */
  void get(long offset, int length, ByteBuffer into) {
    int start = into.position();
    into.put(template, (int) offset, length);
    int first = (int) (offset / SECTOR);
    for (int i = 0; i < length / SECTOR; i++) {
      byte[] sector = written[first + i];
      if (sector != null) {
        into.position(start + i * SECTOR).put(sector);
      }
    }
  }

  /** One sector. */
  byte[] sector(long offset) {
    byte[] copy = new byte[SECTOR];
    get(offset, SECTOR, ByteBuffer.wrap(copy));
    return copy;
  }
}
