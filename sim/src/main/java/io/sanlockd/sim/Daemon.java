package io.sanlockd.sim;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.world.FakeHelper;
import io.sanlockd.daemon.world.FakeProcesses;
import io.sanlockd.daemon.world.Rooms;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;

/**
 * The production daemon on one machine, and the processes of that machine. On a C-like machine it
 * only keeps the host_id; the leases there are taken by {@link CLikeProcess}es.
 */
final class Daemon {
  private static final long SECOND = Clock.SECOND_NANOS;
  private static final int GRACE_SECONDS = 40;
  private static final long LOOP_DELAY_NANOS = 200_000;

  private final World world;
  private final Machine machine;
  private final Scheduler.Life loop = new Scheduler.Life();
  private final FakeProcesses processes = new FakeProcesses();
  private final List<LeaseUser> customers = new ArrayList<>();
  private final Rooms rooms;
  private final Administrator administrator;
  private long lastQueuedNanos;
  private int lastPid = 100;

  Daemon(World world, Machine machine) {
    this.world = world;
    this.machine = machine;
    Clock clock = machine::clockNanos;
    this.rooms =
        Rooms.open(
            new Rooms.Seams(
                machine.hostName(),
                GRACE_SECONDS,
                this::open,
                path -> path,
                new SimWorkers(world, machine, this),
                new SimRenewals(world, machine),
                this::loopSoon,
                clock,
                world.chance()::below,
                new SimWatchdog(machine, world),
                new JustBooted(),
                processes,
                new FakeHelper(),
                (path, arguments, pid) -> -1,
                this::log,
                DaemonEvents.NONE));
    this.administrator = new Administrator(world, machine, this);
  }

  /** Whatever held our name before has ended with the last boot. */
  private static final class JustBooted implements Rejoin {
    private boolean mine;
    private boolean left;

    @Override
    public boolean allowed(LockspaceSpec spec, LeaderRecord held) {
      return !mine || left;
    }

    @Override
    public void joined(LockspaceSpec spec, long generation) {
      mine = true;
      left = false;
    }

    @Override
    public void left(LockspaceSpec spec) {
      left = true;
    }
  }

  Rooms rooms() {
    return rooms;
  }

  FakeProcesses processes() {
    return processes;
  }

  int nextPid() {
    return ++lastPid;
  }

  private LeaseDisk open(String path) throws LeaseException {
    return new SimDisk(
        world,
        machine,
        world
            .storage(path)
            .orElseThrow(() -> new LeaseException(ResultCode.ENODEV.number(), "no " + path)));
  }

  private LeaseLog log(String prefix) {
    return world.tracing() ? new TraceLog(world, machine, prefix) : LeaseLog.NONE;
  }

  /** The machine has booted. */
  void start() {
    // The model of the C program has nothing that keeps two processes of one host apart.
    int count = machine.cLike() ? 1 : world.customersPerHost();
    for (int i = 0; i < count; i++) {
      newCustomer();
    }
    loopAfter(0, this::duty);
  }

  private void newCustomer() {
    LeaseUser customer =
        machine.cLike()
            ? new CLikeProcess(world, machine, this)
            : new Customer(world, machine, this);
    customers.add(customer);
    customer.begin();
  }

  /** One of the processes has ended; another one begins some time later. */
  void customerEnded(LeaseUser customer) {
    customers.remove(customer);
    world
        .scheduler()
        .after(
            world.chance().between(SECOND / 100, 20 * SECOND),
            machine.running(),
            this::newCustomer);
  }

  private void duty() {
    List.copyOf(customers).forEach(LeaseUser::beforeSupervision);
    int nextMillis = rooms.supervisor().pass();
    administrator.look();
    List.copyOf(customers).forEach(LeaseUser::lookForSignals);
    deliver();
    loopAfter(nextMillis * 1_000_000L, this::duty);
  }

  /** Runs something on the main loop, after everything handed in before. */
  void loopSoon(Runnable action) {
    long delay = world.chance().between(1_000, LOOP_DELAY_NANOS);
    lastQueuedNanos = Math.max(lastQueuedNanos, world.nowNanos() + delay);
    world.scheduler().at(lastQueuedNanos, loop, () -> onLoop(action));
  }

  /** Runs something on the main loop after a time. */
  void loopAfter(long nanos, Runnable action) {
    world.scheduler().after(nanos, loop, () -> onLoop(action));
  }

  private void onLoop(Runnable action) {
    if (machine.running().ended()) {
      return;
    }
    if (world.chance().misfortune(world.profile().stall() / 20)) {
      world.count(World.Counter.STALLS);
      loop.pauseUntil(
          world.nowNanos() + world.chance().between(SECOND / 1000, Profile.LATEST_NANOS));
    }
    action.run();
    deliver();
  }

  private void deliver() {
    administrator.lookForReply();
    for (LeaseUser customer : List.copyOf(customers)) {
      customer.lookForReply();
    }
  }

  /** Version of a lease that this host holds. */
  long lver(int resource) {
    LeaseName name = Names.resource(resource);
    return rooms.resources().held(Names.SPACE, name).map(held -> held.lver()).orElse(0L);
  }

  /** The machine is off: all processes are gone. */
  void machineOff() {
    world.scheduler().end(loop);
    for (LeaseUser customer : List.copyOf(customers)) {
      customer.machineOff();
    }
    customers.clear();
  }

  /** The main loop and the processes do not run until then. */
  void stalled(long untilNanos) {
    loop.pauseUntil(untilNanos);
    customers.forEach(customer -> customer.stalled(untilNanos));
  }

  /** Somebody wants the lockspace removed; it is joined again later. */
  void leaveSpace() {
    administrator.leave();
  }
}
