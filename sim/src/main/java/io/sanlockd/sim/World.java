package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.disk.LeaseBufferPool;
import io.sanlockd.lease.fixture.CLikeLease.UnsafeStep;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.BytesStore;

/** Machines, devices and misfortune; one run of it is decided by its {@link Plan} alone. */
final class World implements AutoCloseable {
  private static final long SECOND = Clock.SECOND_NANOS;

  /** What is counted. */
  enum Counter {
    GRANTS,
    UPGRADES,
    REFUSALS,
    TIMEOUTS,
    STALLS,
    CRASHES,
    RESETS,
    REGRESSIONS
  }

  /**
   * What kind of world.
   *
   * @param seed decides everything that the others do not
   * @param hosts 2..8
   * @param cHosts how many of them are C-like
   * @param steps how long things go wrong
   * @param full whether all host blocks that fit are in use, as leases are initialised by default
   * @param avoided what C-like hosts do in the safe way, unlike the C program
   * @param spared numbers of misfortunes that do not happen
   */
  record Plan(
      long seed,
      int hosts,
      int cHosts,
      Profile profile,
      long steps,
      boolean full,
      Set<UnsafeStep> avoided,
      Set<Long> spared) {
    Plan(long seed, int hosts, int cHosts, Profile profile, long steps) {
      this(seed, hosts, cHosts, profile, steps, false, Set.of(), Set.of());
    }

    Plan avoiding(Set<UnsafeStep> unsafe) {
      return new Plan(seed, hosts, cHosts, profile, steps, full, Set.copyOf(unsafe), spared);
    }

    Plan sparing(Set<Long> misfortunes) {
      return new Plan(seed, hosts, cHosts, profile, steps, full, avoided, Set.copyOf(misfortunes));
    }

    Plan withFullAreas() {
      return new Plan(seed, hosts, cHosts, profile, steps, true, avoided, spared);
    }
  }

  private final Plan plan;
  private final Chance chance;
  private final Scheduler scheduler;
  private final Trace trace;
  private final Weather weather;
  private final Witness witness = new Witness(this);
  private final UnsafeLog unsafe;
  private final Straggler straggler;
  private final Eraser eraser;
  private final LeaseBufferPool buffers;
  private final Map<String, SimStorage> devices = new LinkedHashMap<>();
  private final List<Machine> machines = new ArrayList<>();
  private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
  private final int disks;
  private final int resources;
  private final int customersPerHost;
  private final double sharedShare;
  private final long longestThoughtNanos;
  private final long longestUseNanos;
  private final long shortestUseNanos;
  private Profile profile;
  private boolean faultsOver;
  private long lastValue;

  World(Plan plan, Scheduler.Runners runners, LeaseBufferPool buffers, Trace trace) {
    this.plan = plan;
    this.chance = new Chance(plan.seed(), plan.spared());
    this.scheduler = new Scheduler(runners);
    this.buffers = buffers;
    this.trace = trace;
    this.profile = plan.profile();
    this.weather = new Weather(chance, profile);
    this.straggler = new Straggler(this, plan.hosts() + 1L);
    this.eraser = new Eraser(this, plan.hosts() + 1L);
    this.unsafe = new UnsafeLog(this, plan.avoided());
    this.disks = plan.cHosts() == 0 && chance.of(0.3) ? 3 : 1;
    this.resources = chance.of(0.7) || profile.duel() ? 1 : 2;
    this.customersPerHost = chance.of(0.7) ? 1 : 2;
    this.sharedShare = chance.of(0.3) ? 0 : 0.4;
    Profile.Habits habits = profile.habits();
    this.longestThoughtNanos = longest(habits.longestThought());
    this.longestUseNanos = longest(habits.longestUse());
    this.shortestUseNanos = habits.longestUse() == 0 ? SECOND / 1000 : longestUseNanos / 10;
    devices.put(Names.SPACE_PATH, Names.spaceDevice());
    for (int i = 0; i < disks; i++) {
      SimStorage disk =
          profile.duel() ? Names.smallDiskDevice(i) : Names.diskDevice(i, plan.full());
      devices.put(disk.path(), disk);
    }
    for (int id = 1; id <= plan.hosts(); id++) {
      machines.add(new Machine(this, id, id <= plan.cHosts()));
    }
  }

  private long longest(long habitSeconds) {
    long usual = chance.between(SECOND / 10, 20 * SECOND);
    return habitSeconds == 0 ? usual : habitSeconds * SECOND;
  }

  /** Lets things go wrong for the planned number of steps, then checks that all is well again. */
  void run() {
    for (Machine machine : machines) {
      machine.boot();
      every(profile.crash(), at -> machine.crash());
      every(profile.daemonDeath(), at -> machine.daemonDies());
      every(profile.leave(), at -> machine.leaveSpace());
      every(profile.hostStall(), at -> machine.stall(chance.between(SECOND / 10, 120 * SECOND)));
      every(profile.outage(), at -> outage(machine));
    }
    scheduler.run(plan.steps(), Long.MAX_VALUE);
    if (strict()) {
      checkLiveness();
    }
  }

  private void every(long meanSeconds, LongConsumer action) {
    if (meanSeconds == 0) {
      return;
    }
    long pause = (long) (-Math.log(1 - chance.below(1 << 20) / (double) (1 << 20)) * meanSeconds);
    scheduler.after(
        pause * SECOND + chance.below(SECOND),
        null,
        () -> {
          if (!faultsOver) {
            if (chance.strikes()) {
              action.accept(nowNanos());
            }
            every(meanSeconds, action);
          }
        });
  }

  private void outage(Machine machine) {
    long until = nowNanos() + chance.between(SECOND, 200 * SECOND);
    boolean everybody = chance.below(5) == 0;
    trace(machine, () -> (everybody ? "all lose" : "loses") + " the storage until " + until / 1e9);
    for (Machine other : machines) {
      if (everybody || other == machine) {
        weather.outage(other, until);
      }
    }
  }

  /** From now on nothing goes wrong; every lease must be had again before long. */
  private void checkLiveness() {
    long lookNanos = profile.duel() ? 5 * SECOND : 20 * SECOND;
    faultsOver = true;
    profile = Profile.calm();
    weather.change(profile);
    long[] before = new long[resources];
    for (int i = 0; i < resources; i++) {
      before[i] = witness.grants(i);
    }
    long deadline = nowNanos() + Liveness.BOUND_NANOS;
    while (nowNanos() < deadline) {
      if (Liveness.reached(witness, before)) {
        return;
      }
      long next = nowNanos() + lookNanos;
      scheduler.run(Long.MAX_VALUE / 2, next);
      scheduler.passTo(next);
    }
    for (int i = 0; i < resources; i++) {
      if (witness.grants(i) == before[i]) {
        throw new Violation(
            Violation.Rule.STUCK,
            "r"
                + i
                + " was not granted for "
                + Liveness.BOUND_NANOS / SECOND
                + " s without faults");
      }
    }
  }

  Scheduler scheduler() {
    return scheduler;
  }

  long nowNanos() {
    return scheduler.nowNanos();
  }

  Chance chance() {
    return chance;
  }

  Weather weather() {
    return weather;
  }

  Witness witness() {
    return witness;
  }

  /** What C-like hosts have done that ours would not. */
  UnsafeLog unsafe() {
    return unsafe;
  }

  LeaseBufferPool buffers() {
    return buffers;
  }

  Profile profile() {
    return profile;
  }

  /** Whether no I/O of this world ever fails or is late. */
  boolean storageIsSound() {
    return plan.profile().storageIsSound();
  }

  /** Whether all hosts are ours: then every rule holds without exception. */
  boolean strict() {
    return plan.cHosts() == 0;
  }

  Optional<SimStorage> storage(String path) {
    return Optional.ofNullable(devices.get(path));
  }

  /** A descriptor of one of the disks with the resources. */
  SimDisk openDisk(Machine machine, int number) {
    return new SimDisk(this, machine, storage("/dev/disk" + number).orElseThrow());
  }

  /** The task that runs waits. */
  void sleep(long nanos) {
    scheduler.sleepUntil(nowNanos() + nanos);
  }

  int disks() {
    return disks;
  }

  int resources() {
    return resources;
  }

  int customersPerHost() {
    return customersPerHost;
  }

  double sharedShare() {
    return sharedShare;
  }

  long longestThoughtNanos() {
    return longestThoughtNanos;
  }

  long shortestUseNanos() {
    return shortestUseNanos;
  }

  long longestUseNanos() {
    return longestUseNanos;
  }

  /** A value that was never written before. */
  long nextValue() {
    return ++lastValue;
  }

  void count(Counter counter) {
    counters.merge(counter, 1L, Long::sum);
  }

  Map<Counter, Long> counters() {
    return counters;
  }

  boolean tracing() {
    return trace.on();
  }

  void trace(Object who, Supplier<String> what) {
    if (trace.on()) {
      trace.add(nowNanos(), who.toString(), what);
    }
  }

  /** A write has reached a disk. */
  void landed(SimStorage storage, long offset, byte[] bytes, Object writer) {
    trace(writer, () -> "    lands " + Names.io(storage, true, offset, bytes.length, bytes));
    if (Names.isLeader(storage, offset)) {
      LeaderRecord leader = LeaderRecord.decode(BytesStore.wrap(bytes), 0);
      witness.landed(Names.resourceAt(offset), leader, writer);
      straggler.landed(storage, offset, leader);
    } else if (Names.isBlock(storage, offset)) {
      eraser.landed(storage, HostBlock.decode(BytesStore.wrap(bytes), 0).dblock());
    }
  }

  /** Somebody of whom nothing else is seen writes. */
  void write(SimStorage storage, long offset, byte[] bytes, Object writer) {
    storage.put(offset, bytes);
    landed(storage, offset, bytes, writer);
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
