package io.sanlockd.sim;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Membership;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.fixture.CLikeLease;

/**
 * A process on a C-like host together with the part of the daemon that serves it: takes leases with
 * the steps of {@link CLikeLease}, unsafe ones included. When its lockspace is lost it dies at the
 * earliest moment, so what goes wrong is the fault of the leases alone.
 */
final class CLikeProcess implements LeaseUser {
  private static final long SECOND = Clock.SECOND_NANOS;

  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private final int pid;
  private Witness.Use use;
  private boolean dead;

  CLikeProcess(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
    this.pid = daemon.nextPid();
  }

  @Override
  public void begin() {
    world.scheduler().start(machine.running(), this::live);
  }

  private void live() {
    while (!dead) {
      sleep(SECOND / 1000, world.longestThoughtNanos());
      daemon
          .rooms()
          .lockspaces()
          .active(Names.SPACE)
          .filter(Lockspace::acceptsUse)
          .ifPresentOrElse(this::useOnce, () -> sleep(SECOND, 5 * SECOND));
    }
  }

  private void sleep(long least, long most) {
    world.sleep(world.chance().between(least, most));
  }

  private void useOnce(Lockspace space) {
    int resource = world.chance().below(world.resources());
    boolean shared = world.chance().of(world.sharedShare());
    Membership membership = space.membership();
    CLikeLease lease =
        new CLikeLease(
            new CLikeLease.Host(
                machine.hostId(),
                membership.generation(),
                machine.ioTimeout(),
                world.openDisk(machine, 0),
                machine::clockNanos,
                world::sleep,
                membership),
            Names.resourceOffset(resource),
            Names.AREA,
            world.unsafe().of(machine, resource));
    String result = lease.acquire(shared);
    world.trace(
        machine, () -> pid + " acquires r" + resource + (shared ? " SH: " : " EX: ") + result);
    if (lease.mode().isEmpty()) {
      world.count(World.Counter.REFUSALS);
      return;
    }
    if (!space.acceptsUse()) {
      return;
    }
    use = new Witness.Use(machine, resource, shared);
    world.count(World.Counter.GRANTS);
    world.witness().granted(use, 0);
    sleep(SECOND / 1000, world.longestUseNanos());
    if (use == null) {
      return;
    }
    endUse();
    world.trace(machine, () -> pid + " releases r" + resource);
    lease.release();
  }

  private void endUse() {
    if (use != null) {
      world.witness().ended(use);
      use = null;
    }
  }

  @Override
  public void beforeSupervision() {
    boolean lost =
        daemon.rooms().lockspaces().active(Names.SPACE).filter(Lockspace::acceptsUse).isEmpty();
    if (lost) {
      endUse();
    }
  }

  @Override
  public void machineOff() {
    dead = true;
    endUse();
  }

  @Override
  public void stalled(long untilNanos) {
    // Its task belongs to the machine, which does not run either.
  }
}
