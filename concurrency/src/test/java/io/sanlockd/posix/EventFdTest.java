package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A loop ends while another thread still wakes it: the signal does not go to a later descriptor.
 */
class EventFdTest {
  private static final int ROUNDS = 100;

  private EventFd own;

  @Test
  void aSignalAtTheEndReachesNobodyElse() throws Exception {
    own = EventFd.create();
    AtomicReference<EventFd> known = new AtomicReference<>(own);
    Crowd.play(
        3,
        (number, random) -> {
          for (int i = 0; i < ROUNDS; i++) {
            if (number > 0) {
              known.get().signal();
            } else {
              own.close();
              own = EventFd.create();
              // Time for a signaller that was stopped in mid-call.
              LockSupport.parkNanos(10_000);
              assertThat(own.drain()).as("a signal for a closed descriptor").isFalse();
              known.set(own);
            }
          }
        });
    own.close();
  }
}
