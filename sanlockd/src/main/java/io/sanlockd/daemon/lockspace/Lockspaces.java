package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.work.MainLoop;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.delta.HostCalls;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.HostEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * All lockspaces of the daemon and the requests that add, find and remove them (lockspace.md 3, 5,
 * 6). Main loop only; results of requests that take time arrive through callbacks on the main loop.
 */
public final class Lockspaces {
  /** Most lockspaces at a time; each has a thread and buffers of its own. */
  static final int LIMIT = 1000;

  private final LockspaceSettings settings;
  private final RenewalThread.Storage storage;
  private final Watchdog watchdog;
  private final Clock clock;
  private final MainLoop mainLoop;
  private final RenewalRuntime runtime;
  private final Function<String, LeaseLog> logs;
  private final DaemonEvents events;
  private final int fireTimeout;

  /** Newest first, all phases but GONE. */
  private final List<Lockspace> all = new ArrayList<>();

  private final List<Runnable> stateWaiters = new ArrayList<>();
  private Consumer<Lockspace> onRequest = lockspace -> {};
  private long lastId;
  private boolean shuttingDown;

  /**
   * No lockspaces yet.
   *
   * @param logs gives a log whose lines carry a prefix
   * @param events hears of joins, renewals and leaves
   */
  public Lockspaces(
      LockspaceSettings settings,
      int fireTimeout,
      DiskOpener opener,
      StorageIdentity identity,
      RequestSizes requestSizes,
      Watchdog watchdog,
      Rejoin rejoin,
      Clock clock,
      MainLoop mainLoop,
      RenewalRuntime runtime,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {
    this.settings = settings;
    this.fireTimeout = fireTimeout;
    this.storage =
        new RenewalThread.Storage(opener, identity, new AreaClaims(), requestSizes, rejoin);
    this.watchdog = watchdog;
    this.clock = clock;
    this.mainLoop = mainLoop;
    this.runtime = runtime;
    this.logs = logs;
    this.events = events;
  }

  /**
   * Joins a lockspace.
   *
   * @param ioTimeout seconds, 0 = default
   * @param done gets the final result, at once when the request is refused
   * @return 0 when joining has begun, else the refusal given to {@code done}
   */
  public int add(LockspaceSpec spec, int ioTimeout, IntConsumer done) {
    int refusal = checkAdd(spec, ioTimeout);
    if (refusal == 0) {
      refusal = begin(spec, ioTimeout, done);
    }
    if (refusal != 0) {
      done.accept(refusal);
    }
    return refusal;
  }

  private int begin(LockspaceSpec spec, int ioTimeout, IntConsumer done) {
    LeaseTimes times =
        new LeaseTimes(ioTimeout == 0 ? settings.ioTimeout() : ioTimeout, fireTimeout);
    Lockspace lockspace =
        new Lockspace(++lastId, spec, times, settings, runtime.stopSignal(), clock, logs);
    LeaseLog log = logs.apply(lockspace + " ");
    log.warning("lockspace " + spec);
    RenewalThread renewal =
        new RenewalThread(
            lockspace,
            settings,
            storage,
            watchdog,
            clock,
            runtime,
            log,
            events,
            reports(lockspace, log));
    if (!runtime.start("lockspace" + lockspace.id(), renewal)) {
      log.error("add_lockspace no thread for " + spec);
      return ResultCode.EGENERIC.number();
    }
    lockspace.onAdded(done);
    all.add(0, lockspace);
    return 0;
  }

  private int checkAdd(LockspaceSpec spec, int ioTimeout) {
    LeaseLog log = logs.apply("");
    if (spec.name().isEmpty() || spec.hostId() == 0 || spec.path().isEmpty()) {
      log.error(
          "add_lockspace bad args id "
              + Long.toUnsignedString(spec.hostId())
              + " name "
              + spec.name().length()
              + " path "
              + spec.path().length());
      return ResultCode.EINVAL.number();
    }
    if (ioTimeout < 0 || ioTimeout > LeaseTimes.MAX_IO_TIMEOUT) {
      log.error("add_lockspace io_timeout " + ioTimeout + " is not in 1..255");
      return ResultCode.EINVAL.number();
    }
    int conflict = findConflict(spec, log);
    if (conflict != 0) {
      return conflict;
    }
    if (shuttingDown) {
      log.error("add_lockspace refused, the daemon is shutting down");
      return ResultCode.EGENERIC.number();
    }
    if (all.size() >= LIMIT) {
      log.error("add_lockspace refused, there are " + LIMIT + " lockspaces already");
      return ResultCode.ENOMEM.number();
    }
    return 0;
  }

  private int findConflict(LockspaceSpec spec, LeaseLog log) {
    for (Lockspace other : all) {
      if (other.spec().equals(spec)) {
        return switch (other.phase()) {
          case ACTIVE -> ResultCode.EEXIST.number();
          case ADDING -> ResultCode.EINPROGRESS.number();
          case REMOVING, GONE -> ResultCode.EAGAIN.number();
        };
      }
    }
    for (Lockspace other : all) {
      boolean sameName = other.spec().name().equals(spec.name());
      if (sameName || other.spec().samePlace(spec)) {
        log.error(
            "add_lockspace "
                + spec
                + " conflicts with "
                + (sameName ? "name" : "path")
                + " of list"
                + listNumber(other)
                + " "
                + other
                + " "
                + other.spec());
        return ResultCode.EINVAL.number();
      }
    }
    return 0;
  }

  private static int listNumber(Lockspace lockspace) {
    return switch (lockspace.phase()) {
      case ACTIVE -> 1;
      case ADDING -> 2;
      case REMOVING, GONE -> 3;
    };
  }

  private RenewalThread.Reports reports(Lockspace lockspace, LeaseLog log) {
    return new RenewalThread.Reports() {
      @Override
      public void acquired(int result) {
        mainLoop.execute(() -> acquireEnded(lockspace, result, log));
      }

      @Override
      public void settling() {
        mainLoop.execute(() -> lockspace.addFinished(lockspace.undoResult()));
      }

      @Override
      public void called(HostCalls calls) {
        mainLoop.execute(() -> hostsCalled(lockspace, calls));
      }

      @Override
      public void ended() {
        mainLoop.execute(() -> threadEnded(lockspace, log));
      }
    };
  }

  private void hostsCalled(Lockspace lockspace, HostCalls calls) {
    long hostId = lockspace.spec().hostId();
    for (HostCalls.Event event : calls.events()) {
      lockspace
          .events()
          .deliver(
              new EventMessage(
                  new HostEvent(hostId, event.generation(), event.event(), event.data()),
                  event.fromHostId(),
                  event.fromGeneration()));
    }
    if (!calls.requests().isEmpty() && lockspace.usable()) {
      onRequest.accept(lockspace);
    }
  }

  /** Says what to do when another host wants a lease of ours in a lockspace; nothing until then. */
  public void onRequest(Consumer<Lockspace> action) {
    onRequest = action;
  }

  private void acquireEnded(Lockspace lockspace, int result, LeaseLog log) {
    if (result < 0) {
      log.error("add_lockspace fail result " + result);
      events.happened(EventKind.JOIN_FAILED, lockspace.spec().name(), result, 0);
      lockspace.undoWith(result);
      lockspace.moveTo(Lockspace.Phase.REMOVING);
    } else if (lockspace.removalRequested() || shuttingDown) {
      log.debug("add_lockspace undo");
      lockspace.undoWith(ResultCode.EGENERIC.number());
      end(lockspace);
    } else {
      log.debug("add_lockspace done");
      events.happened(
          EventKind.JOINED,
          lockspace.spec().name(),
          lockspace.spec(),
          lockspace.spec().hostId(),
          lockspace.membership().generation(),
          lockspace.times().ioTimeout());
      lockspace.moveTo(Lockspace.Phase.ACTIVE);
      lockspace.addFinished(0);
    }
    wakeStateWaiters();
  }

  private void threadEnded(Lockspace lockspace, LeaseLog log) {
    log.debug("free lockspace");
    events.happened(EventKind.LEFT, lockspace.spec().name(), 0, 0);
    lockspace.events().closeAll();
    lockspace.moveTo(Lockspace.Phase.GONE);
    all.remove(lockspace);
    lockspace.addFinished(lockspace.undoResult());
    lockspace.endFinished();
    wakeStateWaiters();
  }

  private void wakeStateWaiters() {
    List<Runnable> waiters = List.copyOf(stateWaiters);
    stateWaiters.clear();
    waiters.forEach(Runnable::run);
  }

  /** State of the lockspace that a query names: 0 active, -115 in transition, -2 unknown. */
  public int inquire(LockspaceSpec query) {
    for (Lockspace lockspace : all) {
      if (lockspace.spec().isNamedBy(query)) {
        return lockspace.phase() == Lockspace.Phase.ACTIVE ? 0 : ResultCode.EINPROGRESS.number();
      }
    }
    return ResultCode.ENOENT.number();
  }

  /** As {@link #inquire}, but waits while the lockspace is in transition. */
  public void inquireWhenSettled(LockspaceSpec query, IntConsumer done) {
    int result = inquire(query);
    if (result == ResultCode.EINPROGRESS.number()) {
      stateWaiters.add(() -> inquireWhenSettled(query, done));
    } else {
      done.accept(result);
    }
  }

  /**
   * Asks for removal; supervision then kills the users and ends it.
   *
   * @return 0, -115 already ending, -2 unknown, -16 a resource index is being changed
   */
  public int remove(LockspaceSpec query) {
    for (Lockspace lockspace : all) {
      if (lockspace.spec().isNamedBy(query)) {
        if (lockspace.phase() == Lockspace.Phase.REMOVING) {
          return ResultCode.EINPROGRESS.number();
        }
        if (lockspace.indexOperation()) {
          logs.apply(lockspace + " ").error("rem_lockspace ignored for rindex_op");
          return ResultCode.EBUSY.number();
        }
        lockspace.requestRemoval();
        if (lockspace.phase() == Lockspace.Phase.ADDING) {
          lockspace.stop().stop();
        }
        return 0;
      }
    }
    return ResultCode.ENOENT.number();
  }

  /** Calls {@code done} when the lockspace that a query names has left all lists. */
  public void whenGone(LockspaceSpec query, Runnable done) {
    for (Lockspace lockspace : all) {
      if (lockspace.spec().isNamedBy(query)) {
        lockspace.onEnd(done);
        return;
      }
    }
    done.run();
  }

  /** Every user is gone: the renewal thread returns the lease, if it can, and ends. */
  public void leave(Lockspace lockspace) {
    logs.apply(lockspace + " ").debug("set thread_stop");
    end(lockspace);
    wakeStateWaiters();
  }

  /** First of all the watchdog, which may be about to fire. */
  private static void end(Lockspace lockspace) {
    boolean unused = lockspace.watchdog().deactivate();
    lockspace.moveTo(Lockspace.Phase.REMOVING);
    lockspace.stop().stop();
  }

  /**
   * Tries once more to disarm the watchdog for lockspaces that have ended; once or twice a second.
   *
   * @return whether there is one that has to be tried again
   */
  public boolean retryDeactivations() {
    boolean again = false;
    for (Lockspace lockspace : all) {
      if (lockspace.phase() == Lockspace.Phase.REMOVING) {
        again |= !lockspace.watchdog().deactivate();
      }
    }
    return again;
  }

  /** Forced shutdown: nothing is added any more and everything is removed. */
  public void shutDown() {
    shuttingDown = true;
    for (Lockspace lockspace : List.copyOf(all)) {
      lockspace.requestRemoval();
      if (lockspace.phase() == Lockspace.Phase.ADDING) {
        lockspace.stop().stop();
      }
    }
  }

  /** Whether there is no lockspace in any phase. */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** The lockspaces in one phase, newest first. */
  public List<Lockspace> in(Lockspace.Phase phase) {
    return all.stream().filter(l -> l.phase() == phase).toList();
  }

  /** The active lockspace of a name. */
  public Optional<Lockspace> active(LeaseName name) {
    return in(Lockspace.Phase.ACTIVE).stream()
        .filter(l -> l.spec().name().equals(name))
        .findFirst();
  }

  /** The lockspace of a name in whatever phase, active ones first. */
  public Optional<Lockspace> find(LeaseName name) {
    return active(name)
        .or(() -> all.stream().filter(l -> l.spec().name().equals(name)).findFirst());
  }
}
