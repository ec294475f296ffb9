package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.EventFd;
import io.sanlockd.posix.PosixException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Sources are closed by each other while events for them have been fetched already, and new ones
 * take their descriptor and their place at once: an event reaches the source it was for, or nobody.
 */
class StaleEventTest {
  private static final int SOURCES = 16;
  private static final int EVENTS = 64;

  private final List<String> faults = new ArrayList<>();
  private final List<Counter> alive = Collections.synchronizedList(new ArrayList<>());
  private long delivered;

  /** A source that knows whether there is something for it. */
  private final class Counter implements Source {
    private final SourceTable table;
    private final SplittableRandom random;
    private final EventFd signals = EventFd.create();
    private final SourceTable.Registration registration;

    Counter(SourceTable table, SplittableRandom random) throws PosixException {
      this.table = table;
      this.random = random;
      this.registration = table.add(signals.fd(), Epoll.IN, this);
    }

    @Override
    public void ready(int events) {
      delivered++;
      if (!signals.drain()) {
        faults.add("an event of somebody else's");
      }
      int victim = random.nextInt(SOURCES);
      alive.get(victim).end();
      try {
        alive.set(victim, new Counter(table, random));
      } catch (PosixException e) {
        throw new IllegalStateException(e);
      }
    }

    void end() {
      registration.remove();
      signals.close();
    }
  }

  @Test
  void anEventReachesTheSourceItWasForOrNobody() throws Exception {
    try (Epoll epoll = Epoll.create(EVENTS)) {
      SourceTable table = new SourceTable(epoll);
      SplittableRandom choice = new SplittableRandom(1);
      for (int i = 0; i < SOURCES; i++) {
        alive.add(new Counter(table, choice));
      }
      Crowd.play(
          3,
          (number, random) -> {
            if (number == 0) {
              turn(epoll, table);
            } else {
              alive.get(random.nextInt(SOURCES)).signals.signal();
              LockSupport.parkNanos(1000);
            }
          });
      alive.forEach(Counter::end);
    }
    assertThat(faults).isEmpty();
    assertThat(delivered).isPositive();
  }

  /** As the event loop does it. */
  private static void turn(Epoll epoll, SourceTable table) throws PosixException {
    int count = epoll.await(1);
    for (int i = 0; i < count; i++) {
      Source source = table.find(epoll.token(i));
      if (source != null) {
        source.ready(epoll.events(i));
      }
    }
  }
}
