package io.sanlockd.lease.disk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseBufferPoolTest {
  private static final int SECTOR = 512;

  private final LeaseBufferPool pool = new LeaseBufferPool();

  @Test
  void bufferForAWriteIsZeroWhateverItHeldBefore() {
    try (LeaseBuffer used = pool.takeToFill(SECTOR)) {
      used.store().writeLong(0, -1);
      used.store().writeLong(SECTOR - 8, -1);
    }

    try (LeaseBuffer again = pool.take(SECTOR)) {
      assertThat(again.store().readLong(0)).isZero();
      assertThat(again.store().readLong(SECTOR - 8)).isZero();
    }
  }

  @Test
  void buffersAreUsedAgainByLength() {
    LeaseBuffer first = pool.take(SECTOR);
    first.close();

    assertThat(pool.takeToFill(2 * SECTOR)).isNotSameAs(first);
    assertThat(pool.takeToFill(SECTOR)).isSameAs(first);
  }
}
