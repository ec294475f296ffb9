package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.protocol.Options;
import java.time.Duration;
import java.util.List;

/** Eight leases in one acquire request. */
final class JointRow implements Row {
  @Override
  public String name() {
    return "joint8";
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    Durations acquire = new Durations();
    Durations release = new Durations();
    long startNanos = System.nanoTime();
    try (RegisteredClient client = stand.client().register()) {
      long now = startNanos;
      while (now - startNanos < time.toNanos()) {
        client.acquire(stand.leases(), Options.NONE);
        long acquired = System.nanoTime();
        client.releaseAll();
        long released = System.nanoTime();
        acquire.add(acquired - now);
        release.add(released - acquired);
        now = released;
      }
    }
    return List.of(
        Figure.millis("8 leases in one acquire, p50", new Goal.AtMostTimes(0.25), acquire, 0.5),
        Figure.millis("release of the 8 leases, p50", new Goal.None(), release, 0.5));
  }
}
