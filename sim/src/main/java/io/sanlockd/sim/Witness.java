package io.sanlockd.sim;

import io.sanlockd.lease.format.LeaderRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches what the processes of all hosts believe and what lands on the disks, and complains at the
 * moment a rule is broken. Knows nothing of how leases work.
 */
final class Witness {
  /** One use of a resource by a process, from its grant to its release or the process's death. */
  static final class Use {
    private final Machine machine;
    private final int resource;
    private boolean shared;

    Use(Machine machine, int resource, boolean shared) {
      this.machine = machine;
      this.resource = resource;
      this.shared = shared;
    }

    boolean shared() {
      return shared;
    }

    int resource() {
      return resource;
    }

    @Override
    public String toString() {
      return machine + (shared ? " shared" : " exclusive");
    }
  }

  private record Version(int resource, long lver) {}

  private record Owner(long id, long generation) {}

  private final List<List<Use>> uses = new ArrayList<>();
  private final Map<Version, Owner> owners = new HashMap<>();
  private final long[] lastExclusive = new long[Names.MOST_RESOURCES];
  private final long[] leaderSeen = new long[Names.MOST_RESOURCES];
  private final long[] grants = new long[Names.MOST_RESOURCES];
  private final List<Set<Long>> values = new ArrayList<>();
  private final World world;

  Witness(World world) {
    this.world = world;
    for (int i = 0; i < Names.MOST_RESOURCES; i++) {
      uses.add(new ArrayList<>());
      values.add(new HashSet<>(Set.of(0L)));
    }
  }

  /** A process is told that it has the lease. */
  void granted(Use use, long lver) {
    List<Use> others = uses.get(use.resource);
    for (Use other : others) {
      if (!(other.shared && use.shared)) {
        throw new Violation(
            Violation.Rule.EXCLUSION,
            "r"
                + use.resource
                + " is granted to "
                + use
                + " while in use by "
                + other
                + unsafe(use.resource),
            (use.machine.cLike() ? "C" : "ours")
                + " beside "
                + (other.machine.cLike() ? "C" : "ours"));
      }
    }
    if (!use.shared) {
      if (lver <= lastExclusive[use.resource] && world.strict()) {
        throw new Violation(
            Violation.Rule.VERSION,
            "r"
                + use.resource
                + " version "
                + lver
                + " granted to "
                + use
                + " after version "
                + lastExclusive[use.resource]);
      }
      lastExclusive[use.resource] = lver;
    }
    grants[use.resource]++;
    others.add(use);
  }

  private String unsafe(int resource) {
    String steps = world.unsafe().told(resource);
    return steps.isEmpty() ? "" : "; " + steps;
  }

  /** A shared use is told that it is exclusive now. */
  void upgraded(Use use, long lver) {
    ended(use);
    use.shared = false;
    granted(use, lver);
  }

  /** An exclusive use will be content with a shared one from now on. */
  void downgraded(Use use) {
    use.shared = true;
  }

  /** The process has stopped to use it, or has died. */
  void ended(Use use) {
    uses.get(use.resource).remove(use);
  }

  /** How often the resource was granted. */
  long grants(int resource) {
    return grants[resource];
  }

  /** The user is about to leave this value to the next one. */
  void leaves(int resource, long value) {
    values.get(resource).add(value);
  }

  /** It certainly did. */
  void left(int resource, long value) {
    values.set(resource, new HashSet<>(Set.of(value)));
  }

  /** The next exclusive user finds this value. */
  void found(Use use, long value) {
    Set<Long> possible = values.get(use.resource);
    if (!possible.contains(value) && world.strict()) {
      throw new Violation(
          Violation.Rule.VALUE,
          "r"
              + use.resource
              + " has value "
              + value
              + " for "
              + use
              + ", written were "
              + possible);
    }
    left(use.resource, value);
  }

  /** A leader has reached a disk. */
  void landed(int resource, LeaderRecord leader, Object writer) {
    if (leader.lver() < leaderSeen[resource]) {
      world.count(World.Counter.REGRESSIONS);
      if (world.strict() && world.profile().writesAreTimely()) {
        throw new Violation(
            Violation.Rule.REGRESSION,
            "r"
                + resource
                + " goes back from version "
                + leaderSeen[resource]
                + " to "
                + leader.lver()
                + " by "
                + writer);
      }
    }
    leaderSeen[resource] = leader.lver();
    if (leader.isFree()) {
      return;
    }
    Owner owner = new Owner(leader.ownerId(), leader.ownerGeneration());
    Owner before = owners.putIfAbsent(new Version(resource, leader.lver()), owner);
    if (before != null && !before.equals(owner) && world.strict()) {
      throw new Violation(
          Violation.Rule.ONE_OWNER,
          "r"
              + resource
              + " version "
              + leader.lver()
              + " of "
              + before
              + " written for "
              + owner
              + " by "
              + writer);
    }
  }
}
