package io.sanlockd.lease.format;

import io.sanlockd.model.LeaseName;
import net.openhft.chronicle.bytes.BytesStore;

/** Access to fields that a {@code BytesStore} has no direct method for. */
final class Fields {
  private Fields() {}

  static LeaseName readName(BytesStore<?, ?> store, long offset) {
    byte[] field = new byte[LeaseName.FIELD_LENGTH];
    readBytes(store, offset, field);
    return LeaseName.ofField(field);
  }

  static void writeName(BytesStore<?, ?> store, long offset, LeaseName name) {
    store.write(offset, name.toField());
  }

  static void readBytes(BytesStore<?, ?> store, long offset, byte[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = store.readByte(offset + i);
    }
  }
}
