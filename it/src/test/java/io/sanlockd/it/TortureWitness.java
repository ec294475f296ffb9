package io.sanlockd.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches who believes to hold what, and knows nothing of leases. It keeps a list of the uses in
 * memory, and a counter for each resource on the shared disk: each exclusive use adds one to what
 * it read when it began, so two that overlap lose a count; a shared use reads it twice and must not
 * see it change. Thread-safe.
 */
final class TortureWitness {
  /** A process that is killed by its daemon is dead before the lease moves, but we see it later. */
  private static final Duration DYING = Duration.ofSeconds(5);

  private final Storage storage;
  private final int firstArea;
  private final List<Use> uses = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final long[] counted;

  /**
   * A witness that has seen nothing.
   *
   * @param firstArea where the counters lie, one in each area
   */
  TortureWitness(Storage storage, int firstArea, int resources) {
    this.storage = storage;
    this.firstArea = firstArea;
    this.counted = new long[resources];
  }

  /** One use of a resource by one process. */
  static final class Use {
    private final String user;
    private final Implementation daemon;
    private final LibraryClient process;
    private final int resource;
    private boolean shared;
    private long counter;

    Use(String user, Implementation daemon, LibraryClient process, int resource, boolean shared) {
      this.user = user;
      this.daemon = daemon;
      this.process = process;
      this.resource = resource;
      this.shared = shared;
    }

    boolean shared() {
      return shared;
    }

    @Override
    public String toString() {
      return user + (shared ? " shared" : " exclusive");
    }
  }

  /** The process was told that it has the lease. */
  void begins(Use use) throws Exception {
    List<Use> others;
    synchronized (this) {
      others =
          uses.stream()
              .filter(o -> o != use && o.resource == use.resource && !(o.shared && use.shared))
              .toList();
      use.counter = counter(use.resource);
      if (!uses.contains(use)) {
        uses.add(use);
      }
    }
    // Killed before we got to know of its grant: then the others came after it.
    boolean alive = use.process.isAlive();
    for (Use other : others) {
      if (alive && !dies(other)) {
        note(use, other, "is granted to " + use + " while in use by " + other);
      }
    }
  }

  private boolean dies(Use other) throws InterruptedException {
    long deadline = System.nanoTime() + DYING.toNanos();
    while (other.process.isAlive()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(10);
    }
    return true;
  }

  /** A shared use was told that it is exclusive now. */
  void upgraded(Use use) throws Exception {
    synchronized (this) {
      use.shared = false;
    }
    begins(use);
  }

  /** An exclusive use ends its exclusive part, before it asks for that. */
  void downgrades(Use use) throws IOException {
    check(use);
    synchronized (this) {
      use.shared = true;
      use.counter = counter(use.resource);
    }
  }

  /** The process stops to use the lease, before it gives it back or is killed. */
  void ends(Use use) throws IOException {
    check(use);
    forget(use);
  }

  /** The process is dead. */
  synchronized void forget(Use use) {
    uses.remove(use);
  }

  private synchronized void check(Use use) throws IOException {
    if (!uses.contains(use) || !use.process.isAlive()) {
      return;
    }
    long found = counter(use.resource);
    if (found != use.counter) {
      violations.add(
          "r" + use.resource + " changed from " + use.counter + " to " + found + " during " + use);
    }
    if (!use.shared) {
      counted[use.resource]++;
      ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      storage.write(offset(use.resource), bytes.putLong(found + 1));
    }
  }

  private synchronized void note(Use use, Use other, String what) {
    boolean onlyC = use.daemon == Implementation.C && other.daemon == Implementation.C;
    String text = "r" + use.resource + " " + what;
    if (onlyC) {
      // What the reference does to itself is not ours to judge, but it is told.
      System.out.println("C beside C: " + text);
    } else {
      violations.add(text);
    }
  }

  private long counter(int resource) throws IOException {
    return storage.read(offset(resource), 8).getLong();
  }

  private long offset(int resource) {
    return (long) (firstArea + resource) * Storage.AREA;
  }

  /** What must not be; counters that lost an update count, too. */
  synchronized List<String> violations() throws IOException {
    List<String> all = new ArrayList<>(violations);
    for (int i = 0; i < counted.length; i++) {
      if (counter(i) != counted[i]) {
        all.add(
            "counter of r" + i + " is " + counter(i) + " after " + counted[i] + " exclusive uses");
      }
    }
    return all;
  }
}
