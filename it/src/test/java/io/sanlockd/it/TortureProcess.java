package io.sanlockd.it;

import io.sanlockd.it.LibraryClient.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * A process that takes leases in both modes, converts them, gives them back and is killed, and
 * another one in its place afterwards; all of them use the C library.
 */
final class TortureProcess implements Runnable {
  private static final int EAGAIN = -11;
  private static final int ENOSPC = -28;

  /**
   * What may come of a request: it is held or wanted here (-11, -16, -17), the lockspace is lost
   * (-28), an I/O took too long (-202), a ballot was lost (-212, -213), somebody else has it (-243
   * to -247), a release found the leader moved on (-250, -251).
   */
  private static final Set<Integer> EXPECTED =
      Set.of(
          0, EAGAIN, -16, -17, ENOSPC, -202, -212, -213, -243, -244, -245, -246, -247, -250, -251);

  /** Longer than it takes until a dead owner is certainly dead. */
  private static final Duration DEAD = Duration.ofSeconds(75);

  private final TortureHost host;
  private final String name;
  private final Storage storage;
  private final TortureWitness witness;
  private final int resources;
  private final Random random;
  private final long deadlineNanos;
  private final Map<String, LongSummaryStatistics> results = new TreeMap<>();
  private final List<String> surprises = new ArrayList<>();
  private volatile LibraryClient client;
  private volatile TortureWitness.Use use;
  private int crashesBefore;
  private long grants;
  private int kills;

  /** When it began to want something: as a new process, or after its last use. */
  private long wantingSinceNanos;

  private long longestWaitNanos;

  TortureProcess(
      TortureHost host,
      String name,
      Storage storage,
      TortureWitness witness,
      int resources,
      Random random,
      long deadlineNanos) {
    this.host = host;
    this.name = name;
    this.storage = storage;
    this.witness = witness;
    this.resources = resources;
    this.random = random;
    this.deadlineNanos = deadlineNanos;
  }

  long grants() {
    return grants;
  }

  /** Results that should not be, and whatever else went wrong. */
  List<String> surprises() {
    return surprises;
  }

  private long leftNanos() {
    return deadlineNanos - System.nanoTime();
  }

  @Override
  public void run() {
    try {
      while (leftNanos() > 0) {
        if (host.down()) {
          Thread.sleep(50);
        } else {
          turn();
        }
      }
    } catch (Exception | AssertionError e) {
      surprises.add(name + ": " + e);
    } finally {
      kill();
    }
  }

  /** One lease taken, used and given back, unless the process ends on the way. */
  private void turn() throws Exception {
    LibraryClient process = client;
    try {
      if (process == null || !process.isAlive() || crashesBefore != host.crashes()) {
        kill();
        crashesBefore = host.crashes();
        process = host.newProcess();
        client = process;
        wantingSinceNanos = System.nanoTime();
      }
      useOne(process);
    } catch (ExecutionException | IOException | AssertionError e) {
      // It was killed, by us or because its lockspace is lost.
      if (!overtaken()) {
        throw e;
      }
      Thread.sleep(50);
    } finally {
      if (use != null) {
        witness.forget(use);
        use = null;
      }
    }
  }

  /**
   * Whether the process or its host has ended meanwhile, so that what it was told means nothing.
   */
  private boolean overtaken() {
    LibraryClient process = client;
    return crashesBefore != host.crashes() || process == null || !process.isAlive();
  }

  private void useOne(LibraryClient process) throws Exception {
    int resource = random.nextInt(resources);
    boolean shared = random.nextInt(5) < 2;
    Lease lease = Lease.at(storage, Cluster.LOCKSPACE, "r" + resource, 1 + resource);
    boolean noWait = leftNanos() < DEAD.toNanos() || random.nextInt(10) < 7;
    int result =
        noted(
            shared ? "SH" : "EX",
            () ->
                process.acquire(
                    noWait ? LibraryClient.OWNER_NOWAIT : 0,
                    shared ? lease.with(LibraryClient.SHARED) : lease));
    longestWaitNanos = Math.max(longestWaitNanos, System.nanoTime() - wantingSinceNanos);
    if (result != 0) {
      Thread.sleep(result == ENOSPC ? 300 : 1 + random.nextInt(20));
      return;
    }
    grants++;
    use = new TortureWitness.Use(name, host.implementation(), process, resource, shared);
    witness.begins(use);
    think();
    if (random.nextInt(5) == 0) {
      convert(process, lease);
      think();
    }
    if (random.nextInt(40) == 0) {
      witness.ends(use);
      kills++;
      process.kill9();
    } else {
      witness.ends(use);
      noted("release", () -> process.release(lease));
    }
    wantingSinceNanos = System.nanoTime();
  }

  private void convert(LibraryClient process, Lease lease) throws Exception {
    if (!use.shared()) {
      witness.downgrades(use);
      noted("to SH", () -> process.call("convert", 0, lease.with(LibraryClient.SHARED)));
    } else if (host.implementation() == Implementation.JAVA) {
      // A C daemon converts beside other shared holders of its own (paxos-lease.md 20).
      if (noted("to EX", () -> process.call("convert", LibraryClient.OWNER_NOWAIT, lease)) == 0) {
        witness.upgraded(use);
      }
    }
  }

  /** Calls, and notes result and time. */
  private int noted(String what, Callable<Integer> call) throws Exception {
    long startNanos = System.nanoTime();
    int result = call.call();
    results
        .computeIfAbsent(what + " " + result, unused -> new LongSummaryStatistics())
        .accept(System.nanoTime() - startNanos);
    if (!EXPECTED.contains(result) && !overtaken()) {
      surprises.add(name + ": " + what + " " + result);
    }
    return result;
  }

  private void think() throws InterruptedException {
    Thread.sleep(random.nextInt(30));
  }

  /** Ends the process that is at work now. */
  void kill() {
    try {
      TortureWitness.Use current = use;
      if (current != null) {
        witness.ends(current);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LibraryClient process = client;
    if (process != null) {
      process.kill9();
    }
  }

  /** Each result with its number and the average time of the call. */
  @Override
  public String toString() {
    String told =
        results.entrySet().stream()
            .map(e -> told(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s: %d grants, %d killed, longest wait %.1f s; %s",
        name,
        grants,
        kills,
        longestWaitNanos / 1e9,
        told);
  }

  private static String told(String result, LongSummaryStatistics calls) {
    return String.format(
        Locale.ROOT, "%s: %d in %.0f ms", result, calls.getCount(), calls.getAverage() / 1e6);
  }
}
