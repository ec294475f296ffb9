package io.sanlockd.sim;

/**
 * A host that is nothing but its lease code: no daemon, no lockspace, and all are alive. It wants
 * the one lease of its world again and again, so that every step of one host meets every step of
 * another.
 */
final class Duellist {
  private static final int RESOURCE = 0;

  /** In slow I/Os: who is granted what is in use shall meet the user. */
  private static final int LONGEST_USE = 4;

  private final World world;
  private final Machine machine;
  private final DuelLease lease;
  private final Profile.Pace pace;

  Duellist(World world, Machine machine) {
    this.world = world;
    this.machine = machine;
    this.pace = world.profile().habits().duel().orElseThrow();
    this.lease =
        machine.cLike() ? DuelLease.ofCLike(world, machine) : new OurDuelLease(world, machine);
  }

  void begin() {
    world.scheduler().start(machine.running(), this::live);
  }

  private void live() {
    while (true) {
      // No longer than an I/O, so that nobody looks on while others decide.
      pause(pace.slowestNanos());
      boolean shared = world.chance().of(world.sharedShare());
      String result = lease.acquire(shared);
      trace("acquires " + (shared ? "SH: " : "EX: ") + result);
      if (lease.held()) {
        use(shared);
      } else {
        world.count(World.Counter.REFUSALS);
      }
    }
  }

  private void use(boolean shared) {
    Witness.Use use = new Witness.Use(machine, RESOURCE, shared);
    world.count(World.Counter.GRANTS);
    world.witness().granted(use, lease.lver());
    pause(LONGEST_USE * pace.slowestNanos());
    if (world.chance().of(0.25) && lease.converts()) {
      convert(use);
      pause(LONGEST_USE * pace.slowestNanos());
    }
    world.witness().ended(use);
    trace("releases");
    lease.release();
  }

  private void convert(Witness.Use use) {
    boolean toShared = !use.shared();
    trace("converts to " + (toShared ? "SH" : "EX"));
    if (toShared) {
      world.witness().downgraded(use);
    }
    String result = lease.convert(toShared);
    trace("converts to " + (toShared ? "SH: " : "EX: ") + result);
    if (!toShared && !lease.shared()) {
      world.count(World.Counter.UPGRADES);
      world.witness().upgraded(use, lease.lver());
    }
  }

  private void pause(long longestNanos) {
    world.sleep(world.chance().between(pace.fastestNanos(), longestNanos));
  }

  private void trace(String what) {
    world.trace(machine, () -> what);
  }
}
