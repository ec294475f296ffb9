package io.sanlockd.lease.format;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * A name prepared for being compared with many name fields, 8 bytes at a time. As everywhere in the
 * format, what stands in a field behind the first zero byte does not count.
 */
public final class NameMatcher {
  private final long[] words;
  private final long lastMask;

  /** Matches fields that hold {@code name}. */
  public NameMatcher(LeaseName name) {
    byte[] field = name.toField();
    int length = 0;
    while (length < field.length && field[length] != 0) {
      length++;
    }
    int compared = Math.min(length + 1, field.length);
    words = new long[(compared + Long.BYTES - 1) / Long.BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words.length; i++) {
      words[i] = bytes.getLong(i * Long.BYTES);
    }
    int inLast = compared - (words.length - 1) * Long.BYTES;
    lastMask = -1L >>> (Long.SIZE - inLast * Byte.SIZE);
  }

  /** Whether the 48-byte field at {@code offset} holds the name. */
  public boolean matches(BytesStore<?, ?> store, long offset) {
    int last = words.length - 1;
    for (int i = 0; i < last; i++) {
      if (store.readLong(offset + (long) i * Long.BYTES) != words[i]) {
        return false;
      }
    }
    return (store.readLong(offset + (long) last * Long.BYTES) & lastMask) == words[last];
  }
}
