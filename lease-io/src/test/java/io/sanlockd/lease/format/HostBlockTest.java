package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;

class HostBlockTest {
  private static final int SECTOR = 512;

  /** The bytes that have a meaning: all of the dblock, flags and generation of the mode block. */
  private static boolean hasMeaning(int offset) {
    return offset < 56 || (offset >= 128 && offset < 132) || (offset >= 136 && offset < 144);
  }

  @Test
  void blankSectorIsTheClearedBlockItself() {
    BytesStore<?, ?> area = BytesStore.wrap(new byte[2 * SECTOR]);

    assertThat(HostBlock.decode(area, SECTOR)).isSameAs(HostBlock.CLEARED);
  }

  @Test
  void oneBitAnywhereInItMakesABlockThatIsNotCleared() {
    for (int offset = 0; offset < SECTOR; offset++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] bytes = new byte[2 * SECTOR];
        bytes[SECTOR + offset] = (byte) (1 << bit);

        HostBlock block = HostBlock.decode(BytesStore.wrap(bytes), SECTOR);

        assertThat(block.equals(HostBlock.CLEARED))
            .as("cleared with bit %s of byte %s set", bit, offset)
            .isEqualTo(!hasMeaning(offset));
      }
    }
  }
}
