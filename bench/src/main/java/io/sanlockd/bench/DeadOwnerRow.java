package io.sanlockd.bench;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Another client's inquire while many acquires wait for the death of a host. */
final class DeadOwnerRow implements Row {
  private static final int WAITING = 100;
  private static final int LEASES_OF_A_CLIENT = 8;
  private static final String LOCKSPACE = "dead";
  private static final int MAX_ROUNDS = 3;

  /** Shorter than the wait for a dead host, which is 8 io_timeouts and more. */
  private static final long LONGEST_SECONDS = 2L * Stand.IO_TIMEOUT_SECONDS;

  @Override
  public String name() {
    return "deadowner";
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
    try (Storage storage = stand.site().storage(1 + WAITING);
        DaemonProcess survivor = stand.site().daemon(stand.program(), "survivor")) {
      List<Resource> leases = new ArrayList<>();
      for (int i = 1; i <= WAITING; i++) {
        leases.add(storage.lease(LOCKSPACE, "lease" + i, i));
      }
      dieHolding(stand, storage, survivor, leases);
      // An owner that was seen to renew a moment ago counts as alive: those acquires are refused.
      Thread.sleep(Duration.ofSeconds(4L * Stand.IO_TIMEOUT_SECONDS).toMillis());
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
      victim.client().addLockspace(storage.lockspace(LOCKSPACE, 2, 0), Stand.IO_TIMEOUT_SECONDS);
      for (int first = 0; first < WAITING; first += LEASES_OF_A_CLIENT) {
        RegisteredClient holder = victim.client().register();
        holders.add(holder);
        int end = Math.min(WAITING, first + LEASES_OF_A_CLIENT);
        holder.acquire(leases.subList(first, end), Options.NONE);
      }
    } finally {
      holders.forEach(RegisteredClient::close);
    }
  }

  private static Durations whileWaiting(
      DaemonProcess survivor, List<Resource> leases, Duration time) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WAITING);
    CountDownLatch started = new CountDownLatch(WAITING);
    AtomicInteger ended = new AtomicInteger();
    try (RegisteredClient other = survivor.client().register()) {
      for (Resource lease : leases) {
        threads.execute(() -> acquire(survivor, lease, started, ended));
      }
      started.await();
      Duration limit = Duration.ofSeconds(Math.min(LONGEST_SECONDS, time.toSeconds()));
      Durations durations = RoundTripRow.times(limit, other::inquire);
      if (ended.get() > 0) {
        throw new IOException(ended.get() + " of " + WAITING + " acquires did not wait");
      }
      return durations;
    } finally {
      survivor.close();
      threads.shutdown();
      boolean unused = threads.awaitTermination(30, TimeUnit.SECONDS);
    }
  }

  private static void acquire(
      DaemonProcess survivor, Resource lease, CountDownLatch started, AtomicInteger ended) {
    try (RegisteredClient client = survivor.client().register()) {
      started.countDown();
      client.acquire(lease);
    } catch (SanlockException e) {
      // The daemon was killed while we waited: the end of the measurement.
      started.countDown();
    } finally {
      ended.incrementAndGet();
    }
  }
}
