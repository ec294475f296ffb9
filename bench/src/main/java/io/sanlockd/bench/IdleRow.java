package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Inquire while many registered clients do nothing. */
final class IdleRow implements Row {
  private static final int MOST_CLIENTS_OF_C = 1000;

  private final int idleClients;

  IdleRow(int idleClients) {
    this.idleClients = idleClients;
  }

  @Override
  public String name() {
    return "idle" + idleClients;
  }

  /** The C daemon looks at about 1,024 connections; who comes later is never answered. */
  @Override
  public boolean isPossible(Program program) {
    return program == Program.OURS || idleClients <= MOST_CLIENTS_OF_C;
  }

  @Override
  public boolean takesLong() {
    return true;
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
