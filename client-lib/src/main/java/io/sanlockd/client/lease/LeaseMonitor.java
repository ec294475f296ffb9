package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the daemon at regular times whether it still renews and still lists the leases. A question
 * that is not answered confirms nothing: the leases then end by themselves when their time is over,
 * so that a failure of this thread can only make them end too early.
 */
final class LeaseMonitor implements AutoCloseable {
  private final SanlockClient client;
  private final Duration interval;
  private final Set<Holding> holdings = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Notifier.daemonThread("sanlock-lease-monitor", this::run);

  LeaseMonitor(SanlockClient client, Duration interval) {
    this.client = client;
    this.interval = interval;
  }

  void start() {
    thread.start();
  }

  void add(Holding holding) {
    holdings.add(holding);
  }

  void remove(Holding holding) {
    holdings.remove(holding);
  }

  private void run() {
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        checkGuarded();
      }
    } catch (InterruptedException e) {
      // Nobody else has this thread; it ends, and the leases with it, each in its time.
    }
  }

  private void checkGuarded() {
    try {
      checkOnce();
    } catch (RuntimeException e) {
      Notifier.LOG.log(System.Logger.Level.WARNING, "leases could not be checked", e);
    }
  }

  private void checkOnce() {
    List<Holding> before = List.copyOf(holdings);
    if (before.isEmpty()) {
      return;
    }
    long askedNanos = System.nanoTime();
    try {
      Snapshot snapshot = Snapshot.take(client);
      before.forEach(holding -> holding.check(askedNanos, snapshot));
    } catch (SanlockException e) {
      Notifier.LOG.log(System.Logger.Level.DEBUG, "the daemon did not tell its state", e);
    }
    // Also notices the end of their time.
    before.forEach(Holding::isHeld);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
