package io.sanlockd.sim;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.FakeConnection;
import io.sanlockd.daemon.world.Reply;
import io.sanlockd.lease.Clock;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A process that takes leases, uses them for a while, changes their mode, gives them back, or dies.
 * What it believes to hold is what the {@link Witness} sees.
 */
final class Customer implements LeaseUser {
  private static final long SECOND = Clock.SECOND_NANOS;
  private static final int THIS = MessageHeader.THIS_CONNECTION;
  private static final int SIGKILL = 9;

  /** What it waits for. */
  private enum Stage {
    IDLE,
    ACQUIRE,
    USE,
    SET_VALUE,
    CONVERT,
    RELEASE,
    DEAD
  }

  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private final int pid;
  private final Scheduler.Life life = new Scheduler.Life();
  private FakeConnection connection;
  private int seenReplies;
  private int seenSignals;
  private boolean dying;
  private Stage stage = Stage.IDLE;
  private int resource;
  private boolean wantsShared;
  private Witness.Use use;
  private long value;
  private Optional<Lockspace> space = Optional.empty();
  private long grantsAtRelease;

  Customer(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
    this.pid = daemon.nextPid();
  }

  @Override
  public void begin() {
    daemon.loopSoon(
        () -> {
          connection = new FakeConnection(daemon.rooms().dispatcher(), pid, pid);
          connection.send(MessageHeader.request(Command.REGISTER, 0, 0, 0, 0), new byte[0]);
          think();
        });
  }

  private void send(
      Stage next, Command command, int flags, int data, int data2, Consumer<ByteBuffer> payload) {
    stage = next;
    ByteBuffer buffer = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
    payload.accept(buffer);
    byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
    daemon.loopSoon(
        () -> {
          if (stage != Stage.DEAD) {
            connection.send(
                MessageHeader.request(command, flags, bytes.length, data, data2), bytes);
          }
        });
  }

  private void later(long least, long most, Runnable action) {
    world.scheduler().after(world.chance().between(least, most), life, action);
  }

  /** Main loop: takes what the daemon has answered. */
  @Override
  public void lookForReply() {
    while (stage != Stage.DEAD && connection != null && connection.replies().size() > seenReplies) {
      answered(connection.replies().get(seenReplies++));
    }
  }

  private void answered(Reply reply) {
    int result = reply.result();
    switch (stage) {
      case ACQUIRE -> acquired(result);
      case SET_VALUE -> release();
      case CONVERT -> converted(result);
      case RELEASE -> {
        boolean nobodySince = world.witness().grants(resource) == grantsAtRelease;
        // Without its lockspace a lease is forgotten, and its value with it.
        boolean written =
            result == 0 && space.filter(Lockspace::usable).isPresent() && world.storageIsSound();
        if (value != 0 && nobodySince && written) {
          world.witness().left(resource, value);
        }
        think();
      }
      default -> throw new IllegalStateException("an answer in stage " + stage);
    }
  }

  private void think() {
    stage = Stage.IDLE;
    use = null;
    value = 0;
    later(SECOND / 1000, world.longestThoughtNanos(), this::acquire);
  }

  private void acquire() {
    resource = world.chance().below(world.resources());
    wantsShared = world.chance().of(world.sharedShare());
    boolean resize = world.chance().of(world.profile().habits().numHosts());
    Resource wanted = Names.request(resource, world.disks());
    int numHosts = resize ? 1 + world.chance().below(Names.NUM_HOSTS) : 0;
    int flags = (wantsShared ? ResourceFlags.SHARED : 0) | (resize ? ResourceFlags.NUM_HOSTS : 0);
    int noWait = world.chance().of(0.5) ? CommandFlags.OWNER_NOWAIT : 0;
    send(
        Stage.ACQUIRE,
        Command.ACQUIRE,
        CommandFlags.ACQUIRE_LVB | noWait,
        1,
        THIS,
        payload -> {
          wanted.withFlags(flags).withData32(numHosts).encode(payload);
          Options.NONE.encode(payload);
        });
  }

  private void acquired(int result) {
    world.trace(
        machine,
        () -> pid + " acquires r" + resource + (wantsShared ? " SH" : " EX") + ": " + result);
    if (result != 0) {
      world.count(World.Counter.REFUSALS);
      stage = Stage.IDLE;
      boolean noSpace = result == ResultCode.ENOSPC.number();
      later(
          noSpace ? SECOND : SECOND / 1000,
          world.longestThoughtNanos() + 4 * SECOND,
          this::acquire);
      return;
    }
    stage = Stage.USE;
    space = daemon.rooms().lockspaces().active(Names.SPACE);
    use = new Witness.Use(machine, resource, wantsShared);
    world.count(World.Counter.GRANTS);
    world.witness().granted(use, daemon.lver(resource));
    if (!wantsShared) {
      readValue();
    }
    later(world.shortestUseNanos(), world.longestUseNanos(), this::decide);
  }

  private void readValue() {
    var held = daemon.rooms().resources().held(Names.SPACE, Names.resource(resource));
    byte[] bytes = held.orElseThrow().value().orElseThrow();
    long found = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // A value that can not be read is given out as zeros.
    if (found != 0 || world.storageIsSound()) {
      world.witness().found(use, found);
    }
  }

  private void decide() {
    if (dying || world.chance().of(world.profile().processDeath())) {
      world.trace(machine, () -> pid + " dies");
      die();
    } else if (world.chance().of(0.25)) {
      convert();
    } else if (!use.shared() && world.chance().of(0.5)) {
      setValue();
    } else {
      release();
    }
  }

  private void setValue() {
    value = world.nextValue();
    world.witness().leaves(resource, value);
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    send(
        Stage.SET_VALUE,
        Command.SET_LVB,
        0,
        0,
        0,
        payload -> {
          Names.request(resource, world.disks()).encodeWithoutDisks(payload);
          payload.put(bytes);
        });
  }

  private void convert() {
    wantsShared = !use.shared();
    world.trace(machine, () -> pid + " converts r" + resource + (wantsShared ? " SH" : " EX"));
    if (wantsShared) {
      world.witness().downgraded(use);
    }
    int noWait = world.chance().of(0.5) ? CommandFlags.OWNER_NOWAIT : 0;
    send(
        Stage.CONVERT,
        Command.CONVERT,
        noWait,
        0,
        THIS,
        payload ->
            Names.request(resource, world.disks())
                .withFlags(wantsShared ? ResourceFlags.SHARED : 0)
                .encodeWithoutDisks(payload));
  }

  private void converted(int result) {
    world.trace(machine, () -> pid + " converts r" + resource + ": " + result);
    stage = Stage.USE;
    if (result == 0 && !wantsShared) {
      world.count(World.Counter.UPGRADES);
      world.witness().upgraded(use, daemon.lver(resource));
    }
    later(world.shortestUseNanos(), world.longestUseNanos(), this::release);
  }

  private void release() {
    if (dying) {
      die();
      return;
    }
    world.trace(machine, () -> pid + " releases r" + resource);
    world.witness().ended(use);
    grantsAtRelease = world.witness().grants(resource);
    send(
        Stage.RELEASE,
        Command.RELEASE,
        0,
        1,
        THIS,
        payload -> Names.request(resource, world.disks()).encodeWithoutDisks(payload));
  }

  /** After a pass of supervision. */
  @Override
  public void lookForSignals() {
    var signals = daemon.processes().process(pid).signals();
    while (seenSignals < signals.size()) {
      int signal = signals.get(seenSignals++);
      // Some processes do not hear the one, some hang in the kernel and do not obey the other.
      double obeys = signal == SIGKILL ? 0.7 : 0.3;
      if (!dying && world.chance().of(obeys)) {
        dying = true;
        later(SECOND / 1000, 10 * SECOND, this::die);
      }
    }
  }

  private void die() {
    if (stage == Stage.DEAD) {
      return;
    }
    endUse();
    stage = Stage.DEAD;
    world.scheduler().end(life);
    daemon.processes().process(pid).exit();
    daemon.loopSoon(
        () -> {
          if (connection != null) {
            connection.disconnect();
          }
        });
    daemon.customerEnded(this);
  }

  private void endUse() {
    if (use != null) {
      world.witness().ended(use);
    }
  }

  /** It is gone without having noticed. */
  @Override
  public void machineOff() {
    endUse();
    stage = Stage.DEAD;
    world.scheduler().end(life);
  }

  /** The machine does not run for a while. */
  @Override
  public void stalled(long untilNanos) {
    life.pauseUntil(untilNanos);
  }
}
