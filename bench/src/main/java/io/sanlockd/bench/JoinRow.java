package io.sanlockd.bench;

import io.sanlockd.client.SanlockException;
import io.sanlockd.protocol.Lockspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many lockspaces joined at once, and what each costs afterwards. */
final class JoinRow implements Row {
  private static final int LOCKSPACES = 50;
  private static final int RENEWAL_INTERVALS = 5;

  @Override
  public String name() {
    return "join50";
  }

  @Override
  public boolean takesLong() {
    return true;
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    try (Storage storage = stand.site().storage(LOCKSPACES);
        DaemonProcess daemon = stand.site().daemon(stand.program(), "joiner")) {
      List<Lockspace> lockspaces = new ArrayList<>();
      for (int i = 0; i < LOCKSPACES; i++) {
        Lockspace lockspace = storage.lockspace("space" + i, 1, i);
        daemon.client().writeLockspace(lockspace, Stand.IO_TIMEOUT_SECONDS);
        lockspaces.add(lockspace);
      }
      long baseKib = daemon.residentKib();
      long startNanos = System.nanoTime();
      joinAll(daemon, lockspaces);
      double joinSeconds = (System.nanoTime() - startNanos) / 1e9;
      double cpuMillis = cpuMillisPerRenewal(daemon);
      double mebibytes = (daemon.residentKib() - baseKib) / 1024.0 / LOCKSPACES;
      return List.of(
          new Figure(
              new Metric(
                  LOCKSPACES + " lockspaces joining at once",
                  "s",
                  new Goal.AtMost(2 * Stand.IO_TIMEOUT_SECONDS + 1)),
              joinSeconds),
          new Figure(new Metric("CPU per renewal", "ms", new Goal.AtMostTimes(0.7)), cpuMillis),
          new Figure(
              new Metric("memory per additional lockspace", "MiB", new Goal.AtMost(1.2)),
              mebibytes));
    }
  }

  private static void joinAll(DaemonProcess daemon, List<Lockspace> lockspaces)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(lockspaces.size());
    try {
      List<Future<?>> joins = new ArrayList<>();
      for (Lockspace lockspace : lockspaces) {
        joins.add(threads.submit(() -> join(daemon, lockspace)));
      }
      for (Future<?> join : joins) {
        join.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void join(DaemonProcess daemon, Lockspace lockspace) throws SanlockException {
    daemon.client().addLockspace(lockspace, Stand.IO_TIMEOUT_SECONDS);
    return null;
  }

  /** A lockspace is renewed every two io_timeouts. */
  private static double cpuMillisPerRenewal(DaemonProcess daemon) throws Exception {
    double before = daemon.cpuSeconds();
    Thread.sleep(Duration.ofSeconds(2L * RENEWAL_INTERVALS * Stand.IO_TIMEOUT_SECONDS).toMillis());
    return 1e3 * (daemon.cpuSeconds() - before) / (RENEWAL_INTERVALS * LOCKSPACES);
  }
}
