package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Inquire while many registered clients do nothing. */
final class IdleRow implements Row {
  private static final int MAX_ROUNDS = 3;

  private final int idleClients;

  IdleRow(int idleClients) {
    this.idleClients = idleClients;
  }

  @Override
  public String name() {
    return "idle" + idleClients;
  }

  @Override
  public int rounds(int asked) {
    return Math.min(asked, MAX_ROUNDS);
  }

  @Override
  public boolean warmUp() {
    return false;
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    Duration half = time.dividedBy(2);
    List<RegisteredClient> idle = new ArrayList<>();
    try (RegisteredClient client = stand.client().register()) {
      double alone = RoundTripRow.times(half, client::inquire).millis(0.5);
      crowd(stand, idle);
      Durations crowded = RoundTripRow.times(half, client::inquire);
      String name = "inquire p50, " + idleClients + " idle clients";
      return List.of(
          Figure.millis(name, new Goal.None(), crowded, 0.5),
          new Figure(
              new Metric(name + ", against none", "x", new Goal.AtMost(1.5)),
              crowded.millis(0.5) / alone));
    } finally {
      idle.forEach(RegisteredClient::close);
      stand.client().version();
    }
  }

  private void crowd(Stand stand, List<RegisteredClient> idle) throws SanlockException {
    for (int i = 0; i < idleClients; i++) {
      idle.add(stand.client().register());
    }
    // Asked on its own connection: the daemon has seen all before when it answers.
    idle.get(idleClients - 1).inquire();
  }
}
