package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One host: it is switched on, runs a {@link Daemon}, is reset by its watchdog at the latest moment
 * at which a real one may fire, crashes, and comes back with another clock.
 */
final class Machine {
  private static final long SECOND = Clock.SECOND_NANOS;
  private static final long NEVER = Long.MAX_VALUE;

  /** Clocks are looked at much more often than disks. */
  private static final int CLOCK_SHARE = 8;

  private final World world;
  private final int hostId;
  private final boolean keepsName;
  private final int ioTimeout;
  private final boolean cLike;
  private final Set<SimDisk.Transfer> inFlight = new LinkedHashSet<>();
  private Scheduler.Life power = new Scheduler.Life();
  private Scheduler.Life running = new Scheduler.Life();
  private Daemon daemon;
  private long clockOffsetNanos;
  private long resetAtNanos = NEVER;
  private Scheduler.Event reset;
  private int boots;

  Machine(World world, int hostId, boolean cLike) {
    this.world = world;
    this.hostId = hostId;
    this.cLike = cLike;
    this.keepsName = world.chance().of(0.5);
    this.ioTimeout = world.chance().of(0.3) ? 5 : 10;
  }

  int hostId() {
    return hostId;
  }

  int ioTimeout() {
    return ioTimeout;
  }

  /** Whether it behaves as the C daemon does. */
  boolean cLike() {
    return cLike;
  }

  /** Its name: the same each time, or a new one with each boot. */
  String hostName() {
    return keepsName ? "host" + hostId : "host" + hostId + "-boot" + boots;
  }

  /** What ends when the daemon ends. */
  Scheduler.Life running() {
    return running;
  }

  /** What ends when the machine is off: the processes. */
  Scheduler.Life power() {
    return power;
  }

  Set<SimDisk.Transfer> inFlight() {
    return inFlight;
  }

  /**
   * The monotonic clock since the last boot, as tasks see it: they may be stopped looking at it.
   */
  long clockNanos() {
    if (world.scheduler().current() != null && world.chance().below(CLOCK_SHARE) == 0) {
      mayStall();
    }
    return world.nowNanos() + clockOffsetNanos;
  }

  /** A moment at which a thread may be stopped for a while. */
  void mayStall() {
    if (world.scheduler().current() != null && world.chance().misfortune(world.profile().stall())) {
      world.count(World.Counter.STALLS);
      world
          .scheduler()
          .sleepUntil(
              world.nowNanos() + world.chance().between(SECOND / 1000, Profile.LATEST_NANOS));
    }
  }

  /** Switched on. */
  void boot() {
    boots++;
    power = new Scheduler.Life();
    running = new Scheduler.Life();
    clockOffsetNanos = world.chance().between(10 * SECOND, 1_000_000 * SECOND);
    world.trace(this, () -> "boots as " + hostName());
    if (world.profile().duel()) {
      new Duellist(world, this).begin();
    } else {
      daemon = new Daemon(world, this);
      daemon.start();
    }
  }

  /** The watchdog fires at this time unless it is moved on; {@link #disarm} takes it back. */
  void armUntil(long clockSeconds) {
    resetAtNanos = clockSeconds * SECOND - clockOffsetNanos;
    cancelReset();
    reset = world.scheduler().at(resetAtNanos, null, this::fire);
  }

  void disarm() {
    cancelReset();
    resetAtNanos = NEVER;
  }

  private void cancelReset() {
    if (reset != null) {
      reset.cancel();
      reset = null;
    }
  }

  private void fire() {
    world.trace(this, () -> "is reset by its watchdog");
    world.count(World.Counter.RESETS);
    switchOff();
  }

  /** Power fails. */
  void crash() {
    if (!power.ended()) {
      world.trace(this, () -> "crashes");
      world.count(World.Counter.CRASHES);
      switchOff();
    }
  }

  private void switchOff() {
    long downNanos = world.chance().between(5 * SECOND, 200 * SECOND);
    // What the fabric still holds lands before the machine is up again and before its leases are
    // taken as those of a dead host.
    long latest = Math.min(world.nowNanos() + downNanos, resetAtNanos);
    disarm();
    world.scheduler().end(running);
    world.scheduler().end(power);
    for (SimDisk.Transfer io : List.copyOf(inFlight)) {
      io.orphan(latest);
    }
    inFlight.clear();
    daemon.machineOff();
    world.scheduler().after(downNanos, null, this::boot);
  }

  /** The daemon dies alone: its processes go on, unguarded but by the watchdog. */
  void daemonDies() {
    if (running.ended()) {
      return;
    }
    world.trace(this, () -> "daemon dies");
    world.scheduler().end(running);
    long gone = resetAtNanos;
    if (resetAtNanos == NEVER) {
      // No watchdog guards its processes; at some time somebody switches it off.
      gone = world.nowNanos() + world.chance().between(200 * SECOND, 600 * SECOND);
      world.scheduler().at(gone, power, this::crash);
    }
    for (SimDisk.Transfer io : new ArrayList<>(inFlight)) {
      io.orphan(gone);
    }
    inFlight.clear();
  }

  /** Nothing of it runs for a while. */
  void stall(long nanos) {
    world.trace(this, () -> "stalls for " + nanos / SECOND + " s");
    running.pauseUntil(world.nowNanos() + nanos);
    power.pauseUntil(world.nowNanos() + nanos);
    daemon.stalled(world.nowNanos() + nanos);
  }

  /** Its lockspace is to be left. */
  void leaveSpace() {
    if (!running.ended()) {
      daemon.leaveSpace();
    }
  }

  @Override
  public String toString() {
    return (cLike ? "C-like " : "host ") + hostId;
  }
}
