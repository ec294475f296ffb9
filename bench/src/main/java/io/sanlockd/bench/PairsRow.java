package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.protocol.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Exclusive acquire and release in turn by some clients, each with a lease of its own. */
final class PairsRow implements Row {
  private final int clients;

  /**
   * A row.
   *
   * @param clients 1..8
   */
  PairsRow(int clients) {
    this.clients = clients;
  }

  @Override
  public String name() {
    return "pairs" + clients;
  }

  /** What the clients have measured. */
  record Times(Durations acquire, Durations release) {}

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    double cpuBefore = stand.daemon().cpuSeconds();
    long startNanos = System.nanoTime();
    List<Times> times = run(stand.client(), stand.leases().subList(0, clients), time);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return figures(times, seconds, stand.daemon().cpuSeconds() - cpuBefore);
  }

  /** Has a client for each lease acquire and release it for some time. */
  static List<Times> run(SanlockClient daemon, List<Resource> leases, Duration time)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(leases.size());
    try {
      long startNanos = System.nanoTime();
      List<Future<Times>> running = new ArrayList<>();
      for (Resource lease : leases) {
        running.add(threads.submit(() -> pairs(daemon, lease, startNanos, time.toNanos())));
      }
      return finished(running);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Times> finished(List<Future<Times>> running)
      throws InterruptedException, ExecutionException {
    List<Times> times = new ArrayList<>();
    for (Future<Times> one : running) {
      times.add(one.get());
    }
    return times;
  }

  private static Times pairs(SanlockClient daemon, Resource lease, long startNanos, long limitNanos)
      throws Exception {
    Times times = new Times(new Durations(), new Durations());
    List<Resource> leases = List.of(lease);
    try (RegisteredClient client = daemon.register()) {
      long now = System.nanoTime();
      while (now - startNanos < limitNanos) {
        client.acquire(lease);
        long acquired = System.nanoTime();
        client.release(leases);
        long released = System.nanoTime();
        times.acquire.add(acquired - now);
        times.release.add(released - acquired);
        now = released;
      }
    }
    return times;
  }

  private List<Figure> figures(List<Times> times, double seconds, double cpuSeconds) {
    int pairs = times.stream().mapToInt(t -> t.release.count()).sum();
    Metric rate =
        new Metric(
            "EX acquire + release, " + clients + (clients == 1 ? " client" : " clients"),
            "pairs/s",
            new Goal.AtLeastTimes(2));
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure(rate, pairs / seconds));
    figures.add(
        new Figure(
            new Metric(
                "CPU per pair, " + clients + (clients == 1 ? " client" : " clients"),
                "ms",
                new Goal.AtMostTimes(0.7)),
            1e3 * cpuSeconds / Math.max(1, pairs)));
    if (clients == 1) {
      Times own = times.get(0);
      figures.add(millis("acquire p50", 0.6, own.acquire, 0.5));
      figures.add(millis("acquire p99", 1.0, own.acquire, 0.99));
      figures.add(millis("release p50", 0.6, own.release, 0.5));
      figures.add(millis("release p99", 1.0, own.release, 0.99));
    }
    return figures;
  }

  private static Figure millis(String name, double timesC, Durations durations, double part) {
    return new Figure(new Metric(name, "ms", new Goal.AtMostTimes(timesC)), durations.millis(part));
  }
}
