package io.sanlockd.bench;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Another client's inquire while many acquires wait for the death of a host. */
final class DeadOwnerRow implements Row {
  private static final int WAITING = 100;
  private static final int LEASES_OF_A_CLIENT = 8;
  private static final String LOCKSPACE = "dead";
  private static final int VICTIM = 2;

  @Override
  public String name() {
    return "deadowner";
  }

  @Override
  public boolean takesLong() {
    return true;
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    try (Storage storage = stand.site().storage(1 + WAITING);
        DaemonProcess survivor = stand.site().daemon(stand.program(), "survivor")) {
      List<Resource> leases = new ArrayList<>();
      for (int i = 1; i <= WAITING; i++) {
        leases.add(storage.lease(LOCKSPACE, "lease" + i, i));
      }
      dieHolding(stand, storage, survivor, leases);
      awaitSilence(survivor);
      Durations inquire = whileWaiting(survivor, leases, time);
      return List.of(
          Figure.millis(
              "inquire p99 while " + WAITING + " acquires wait for a dead host",
              new Goal.AtMost(5),
              inquire,
              0.99));
    }
  }

  /** A host takes all leases and is gone. */
  private static void dieHolding(
      Stand stand, Storage storage, DaemonProcess survivor, List<Resource> leases)
      throws IOException, SanlockException {
    Lockspace lockspace = storage.lockspace(LOCKSPACE, 1, 0);
    survivor.client().writeLockspace(lockspace, Stand.IO_TIMEOUT_SECONDS);
    for (Resource lease : leases) {
      survivor.client().writeResource(lease, 0);
    }
    survivor.client().addLockspace(lockspace, Stand.IO_TIMEOUT_SECONDS);
    List<RegisteredClient> holders = new ArrayList<>();
    try (DaemonProcess victim = stand.site().daemon(stand.program(), "victim")) {
      victim
          .client()
          .addLockspace(storage.lockspace(LOCKSPACE, VICTIM, 0), Stand.IO_TIMEOUT_SECONDS);
      for (int first = 0; first < WAITING; first += LEASES_OF_A_CLIENT) {
        RegisteredClient holder = victim.client().register();
        holders.add(holder);
        int end = Math.min(WAITING, first + LEASES_OF_A_CLIENT);
        holder.acquire(leases.subList(first, end), Options.NONE);
      }
    } finally {
      holders.forEach(RegisteredClient::close);
    }
    for (Resource lease : leases) {
      List<LeaseOwner> owners = survivor.client().owners(lease);
      if (owners.size() != 1 || owners.get(0).hostId() != VICTIM) {
        throw new IOException(lease.name() + " does not belong to the dead host but to " + owners);
      }
    }
  }

  /**
   * Until the survivor has looked at the dead host and seen no renewal: as long as the newest look
   * saw one, acquires of its leases are refused at once.
   */
  private static void awaitSilence(DaemonProcess survivor) throws IOException, SanlockException {
    Await.until(
        "the dead host still renews",
        () -> {
          for (State host : survivor.client().hostStatus(LeaseName.of(LOCKSPACE))) {
            if (host.entry().data32() == VICTIM) {
              return number(host, "last_check") > number(host, "last_live");
            }
          }
          return false;
        });
  }

  private static long number(State state, String key) {
    return state.value(key).map(Long::parseLong).orElse(0L);
  }

  private static Durations whileWaiting(
      DaemonProcess survivor, List<Resource> leases, Duration time) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WAITING);
    List<RegisteredClient> clients = new ArrayList<>();
    List<Future<?>> acquires = new ArrayList<>();
    try (RegisteredClient other = survivor.client().register()) {
      for (Resource lease : leases) {
        RegisteredClient client = survivor.client().register();
        clients.add(client);
        acquires.add(threads.submit(() -> acquire(client, lease)));
      }
      awaitActive(survivor);
      Durations inquire = RoundTripRow.times(time, other::inquire);
      requireNoneRefused(acquires);
      return inquire;
    } finally {
      survivor.close();
      clients.forEach(RegisteredClient::close);
      threads.shutdown();
      boolean unused = threads.awaitTermination(30, TimeUnit.SECONDS);
    }
  }

  /** Until the daemon has begun with all acquires. */
  private static void awaitActive(DaemonProcess survivor) throws IOException, SanlockException {
    Await.until(
        "not all acquires have begun",
        () -> {
          long active = 0;
          for (State client : survivor.client().status()) {
            active += number(client, "cmd_active") == Command.ACQUIRE.number() ? 1 : 0;
          }
          return active == WAITING;
        });
  }

  /** Some may have been granted: the C daemon's inquire can take until the host is dead. */
  private static void requireNoneRefused(List<Future<?>> acquires) throws Exception {
    for (Future<?> acquire : acquires) {
      if (acquire.isDone()) {
        acquire.get();
      }
    }
  }

  private static Void acquire(RegisteredClient client, Resource lease) throws SanlockException {
    client.acquire(lease);
    return null;
  }
}
