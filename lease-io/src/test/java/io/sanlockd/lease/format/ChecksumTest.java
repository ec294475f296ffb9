package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;

/** Known answers of disk-format.md 3. */
class ChecksumTest {
  @Test
  void dblockChecksumGivesTheKnownAnswers() {
    assertThat(Checksum.ofDblock(filled(48, 0), 0)).isEqualTo(0xCB5AD842);
    assertThat(Checksum.ofDblock(filled(48, 0xFF), 0)).isEqualTo(0xC0BDD341);
    assertThat(Checksum.ofDblock(counting(48), 0)).isEqualTo(0xDFF3D1D1);
  }

  @Test
  void leaderChecksumGivesTheKnownAnswers() {
    assertThat(Checksum.ofLeader(filled(168, 0), 0)).isEqualTo(0x7E11FBD1);
    assertThat(Checksum.ofLeader(filled(168, 0xFF), 0)).isEqualTo(0x37B5A6C4);
    assertThat(Checksum.ofLeader(counting(168), 0)).isEqualTo(0xC44CBE86);
  }

  private static BytesStore<?, ?> filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return BytesStore.wrap(bytes);
  }

  private static BytesStore<?, ?> counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return BytesStore.wrap(bytes);
  }
}
