package io.sanlockd.lease.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseBufferPoolTest {
  private static final int SECTOR = 512;
  private static final int LARGEST_AREA = 8 << 20;
  private static final int READERS = 8;

  private final LeaseBufferPool pool = new LeaseBufferPool();

  @Test
  void bufferForAWriteIsZeroWhateverItHeldBefore() throws LeaseException {
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
  void buffersAreUsedAgainByLength() throws LeaseException {
    LeaseBuffer first = pool.take(SECTOR);
    first.close();

    assertThat(pool.takeToFill(2 * SECTOR)).isNotSameAs(first);
    assertThat(pool.takeToFill(SECTOR)).isSameAs(first);
  }

  @Test
  void whateverWasOnceInUseIsKept() throws LeaseException {
    List<LeaseBuffer> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(pool.takeToFill(LARGEST_AREA));
    }
    readers.forEach(LeaseBuffer::close);

    for (int i = 0; i < READERS; i++) {
      assertThat(readers).contains(pool.takeToFill(LARGEST_AREA));
    }
  }

  @Test
  void theLimitIsAnErrorAndBuffersInUseCount() throws LeaseException {
    LeaseBufferPool small = new LeaseBufferPool(2 * SECTOR);
    LeaseBuffer first = small.take(SECTOR);
    LeaseBuffer second = small.take(SECTOR);
    second.close();

    assertThatThrownBy(() -> small.take(2 * SECTOR))
        .isInstanceOfSatisfying(
            LeaseException.class, e -> assertThat(e.is(ResultCode.ENOMEM)).isTrue());
    assertThat(small.take(SECTOR)).isSameAs(second);
    first.close();
    assertThat(small.take(SECTOR)).isSameAs(first);
  }
}
