package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Requests that need no disk. */
final class RoundTripRow implements Row {
  private static final int REQUESTS = 3;

  /** A request that is made again and again. */
  @FunctionalInterface
  interface Request {
    void make() throws SanlockException;
  }

  @Override
  public String name() {
    return "roundtrip";
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    Duration each = time.dividedBy(REQUESTS);
    List<Figure> figures = new ArrayList<>();
    try (RegisteredClient client = stand.client().register()) {
      client.acquire(stand.lease(0));
      figures.addAll(figures("inquire", times(each, client::inquire)));
      client.releaseAll();
    }
    figures.addAll(figures("version, with connecting", times(each, stand.client()::version)));
    figures.addAll(figures("status, with connecting", times(each, stand.client()::status)));
    return figures;
  }

  /** Makes a request for some time, at least once. */
  static Durations times(Duration time, Request request) throws SanlockException {
    Durations durations = new Durations();
    long startNanos = System.nanoTime();
    long now = startNanos;
    do {
      request.make();
      long done = System.nanoTime();
      durations.add(done - now);
      now = done;
    } while (now - startNanos < time.toNanos());
    return durations;
  }

  private static List<Figure> figures(String request, Durations durations) {
    return List.of(
        Figure.millis(request + " p50", new Goal.AtMostTimes(1), durations, 0.5),
        Figure.millis(request + " p99", new Goal.AtMostTimes(1), durations, 0.99));
  }
}
