package io.sanlockd.daemon.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private static final int LENGTH = 8;

  private final EventQueue queue = new EventQueue(LENGTH);

  private long put(long a) {
    return put(queue, a, 0);
  }

  private static long put(EventQueue queue, long a, long b) {
    return queue.put(EventKind.PAUSED, a, LeaseName.EMPTY, "", a, b, 0);
  }

  private List<Long> takeAll() {
    List<Long> taken = new ArrayList<>();
    for (EventQueue.Slot slot = queue.peek(); slot != null; slot = queue.peek()) {
      taken.add(slot.a);
      queue.taken();
    }
    return taken;
  }

  @Test
  void whatIsPutIsTakenInOrderAgainAndAgain() {
    long number = 0;
    for (int round = 0; round < 5; round++) {
      List<Long> expected = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        assertThat(put(number)).isEqualTo(number);
        expected.add(number++);
      }
      assertThat(takeAll()).isEqualTo(expected);
    }
    assertThat(queue.takeLost()).isZero();
  }

  @Test
  void whenItIsFullNothingIsOverwrittenAndTheRestIsCounted() {
    for (int i = 0; i < LENGTH + 3; i++) {
      assertThat(put(i)).isEqualTo(i < LENGTH ? i : -1);
    }
    assertThat(takeAll()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(queue.takeLost()).isEqualTo(3);
    assertThat(queue.takeLost()).isZero();
    assertThat(put(99)).isEqualTo(LENGTH);
    assertThat(takeAll()).containsExactly(99L);
  }

  @Test
  void manyThreadsMayPutWhileOneTakes() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    List<Thread> putting = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int self = i;
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < each; n++) {
                  put(queue, self, n);
                }
              });
      putting.add(thread);
      thread.start();
    }
    long[] last = {-1, -1, -1, -1};
    long taken = 0;
    boolean ended = false;
    while (!ended) {
      ended = putting.stream().noneMatch(Thread::isAlive);
      for (EventQueue.Slot slot = queue.peek(); slot != null; slot = queue.peek()) {
        assertThat(slot.b).as("order of thread %d", slot.a).isGreaterThan(last[(int) slot.a]);
        last[(int) slot.a] = slot.b;
        queue.taken();
        taken++;
      }
    }
    for (Thread thread : putting) {
      thread.join();
    }
    assertThat(taken).isPositive();
    assertThat(taken + queue.takeLost()).isEqualTo((long) threads * each);
    assertThat(queue.putCount()).isEqualTo(taken);
  }
}
