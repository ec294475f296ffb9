package io.sanlockd.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** One host of a {@link TortureIT}: a daemon, and processes that take leases until told to stop. */
final class TortureHost {
  private static final int PROCESSES = 2;

  private final Scene scene;
  private final Storage storage;
  private final Implementation implementation;
  private final int hostId;
  private final List<TortureProcess> processes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Daemon daemon;
  private volatile boolean down;
  private final AtomicInteger crashes = new AtomicInteger();
  private int joins;

  TortureHost(Scene scene, Storage storage, Implementation implementation, int hostId)
      throws Exception {
    this.scene = scene;
    this.storage = storage;
    this.implementation = implementation;
    this.hostId = hostId;
    this.daemon = scene.daemon(implementation, name());
  }

  Implementation implementation() {
    return implementation;
  }

  Daemon daemon() {
    return daemon;
  }

  /** Whether it has crashed and its daemon is not back yet. */
  boolean down() {
    return down;
  }

  /** How often it has crashed. */
  int crashes() {
    return crashes.get();
  }

  String name() {
    return "host" + hostId;
  }

  LibraryClient newProcess() throws Exception {
    LibraryClient client = scene.library(daemon);
    client.register();
    return client;
  }

  /** Joins the lockspace if it is not joined; what does not work now is tried again later. */
  void joinIfNeeded() throws Exception {
    if (daemon.lockspaces().isEmpty()) {
      String lockspace = storage.lockspace(Cluster.LOCKSPACE, hostId);
      Command.Result result = daemon.cli().client("add_lockspace", "-s", lockspace, "-o", "1");
      joins++;
      System.out.printf("%s joins: %d%n", name(), result.done());
    }
  }

  void start(TortureWitness witness, int resources, long seed, long deadlineNanos) {
    for (int i = 0; i < PROCESSES; i++) {
      Random random = new Random(seed * 100 + hostId * 10L + i);
      TortureProcess process =
          new TortureProcess(
              this, name() + "." + i, storage, witness, resources, random, deadlineNanos);
      processes.add(process);
      Thread thread = new Thread(process, name() + "." + i);
      threads.add(thread);
      thread.start();
    }
  }

  /** Everything of it ends at once, as when the power fails; then it comes back. */
  void crash() throws Exception {
    System.out.println(name() + " crashes");
    down = true;
    crashes.incrementAndGet();
    // Stopped first, or it would give back what its dying processes held.
    daemon.signal("STOP");
    processes.forEach(TortureProcess::kill);
    daemon.close();
    daemon = scene.daemon(implementation, name());
    joinIfNeeded();
    down = false;
  }

  /** Waits for its processes; tells what they met. */
  void finish() throws Exception {
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        "%s %s: %d grants, %d crashes, %d joins%n",
        name(), implementation, grants(), crashes(), joins);
    processes.forEach(p -> System.out.println("  " + p));
  }

  long grants() {
    return processes.stream().mapToLong(TortureProcess::grants).sum();
  }

  List<String> surprises() {
    return processes.stream().flatMap(p -> p.surprises().stream()).toList();
  }
}
