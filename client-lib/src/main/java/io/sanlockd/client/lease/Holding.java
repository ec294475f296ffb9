package io.sanlockd.client.lease;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * What is known of one lease that a process of this host holds: whether, until when for certain,
 * and in which version. Starts as held, ends once, as lost or as closed. Threads may share it;
 * nothing here waits.
 */
final class Holding {
  private static final int FAIL_IO_TIMEOUTS = 8;
  private static final int LATE_IO_TIMEOUTS = 4;

  private final LeaseResource resource;
  private final LongSupplier nanoClock;
  private final Observer observer;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.HELD);
  private volatile Holder holder;
  private volatile long confirmedUntilNanos;
  private long adoptedNanos;
  private boolean isLate;

  /** Is told what happens, on the thread that found out, and must not wait. */
  interface Observer {
    /** It is lost; once at most. */
    void lost(LeaseLoss loss);

    /** The renewal is late. */
    void renewalLate(Duration sinceRenewal);

    /** The late renewal has come. */
    void renewed();
  }

  /** Where its life is; a loss has its reason. */
  private static final class Stage {
    private static final Stage HELD = new Stage("HELD", null);
    private static final Stage CLOSED = new Stage("CLOSED", null);

    private final String name;
    private final LeaseLoss loss;

    Stage(String name, LeaseLoss loss) {
      this.name = name;
      this.loss = loss;
    }
  }

  /** The process, as the daemon sees it, and the token of its holding. */
  private record Holder(int pid, FencingToken token) {}

  /**
   * A lease just taken.
   *
   * @param pid of the process that took it, as far as this one knows
   * @param nanoClock as {@link System#nanoTime}
   * @param askedNanos when {@code snapshot} was asked for, after the lease was taken
   */
  Holding(
      LeaseResource resource,
      LeaseMode mode,
      int pid,
      Observer observer,
      LongSupplier nanoClock,
      long askedNanos,
      Snapshot snapshot) {
    this.resource = resource;
    this.observer = observer;
    this.nanoClock = nanoClock;
    this.confirmedUntilNanos = askedNanos;
    this.adoptedNanos = askedNanos;
    this.holder =
        new Holder(
            pidSeenByDaemon(pid, holdings(snapshot)),
            new FencingToken(resource.lockspace(), resource.name(), mode, 0, 0, 0));
    check(askedNanos, snapshot);
  }

  /** In another pid namespace than ours a process has another number; an exclusive one is alone. */
  private static int pidSeenByDaemon(int pid, List<Snapshot.Holding> holdings) {
    boolean isListed = holdings.stream().anyMatch(holding -> holding.pid() == pid);
    return isListed || holdings.isEmpty() ? pid : holdings.get(0).pid();
  }

  private List<Snapshot.Holding> holdings(Snapshot snapshot) {
    return snapshot.holdings(resource.named(LeaseMode.EXCLUSIVE));
  }

  FencingToken token() {
    return holder.token;
  }

  /** Whether it is neither ended nor unconfirmed; the latter ends it. */
  boolean isHeld() {
    if (stage.get() != Stage.HELD) {
      return false;
    }
    if (nanoClock.getAsLong() - confirmedUntilNanos >= 0) {
      lose(
          LeaseLoss.Cause.NOT_CONFIRMED,
          "the daemon has not confirmed a renewal for " + FAIL_IO_TIMEOUTS + " io_timeouts");
      return false;
    }
    return true;
  }

  Duration remaining() {
    return isHeld()
        ? Duration.ofNanos(Math.max(0, confirmedUntilNanos - nanoClock.getAsLong()))
        : Duration.ZERO;
  }

  Optional<LeaseLoss> loss() {
    return Optional.ofNullable(stage.get().loss);
  }

  /**
   * Compares with what the daemon holds.
   *
   * @param askedNanos when the snapshot was asked for: what it says is at least as old
   */
  synchronized void check(long askedNanos, Snapshot snapshot) {
    Optional<Snapshot.Space> space = snapshot.space(resource.lockspaceName());
    Optional<Snapshot.Holding> mine =
        holdings(snapshot).stream().filter(holding -> holding.pid() == holder.pid).findFirst();
    if (space.isEmpty() || !space.get().isUsable()) {
      lose(
          LeaseLoss.Cause.LOCKSPACE_FAILED,
          "the daemon lost or leaves the lockspace " + resource.lockspace());
    } else if (mine.isEmpty()) {
      lose(LeaseLoss.Cause.RELEASED_BY_OTHERS, "the daemon does not list the process as holder");
    } else {
      adopt(askedNanos, mine.get(), space.get());
      confirm(askedNanos, space.get());
    }
  }

  private void adopt(long askedNanos, Snapshot.Holding mine, Snapshot.Space space) {
    // A snapshot from before a conversion may be told after the one from behind it.
    if (askedNanos - adoptedNanos >= 0) {
      adoptedNanos = askedNanos;
      FencingToken token =
          new FencingToken(
              resource.lockspace(),
              resource.name(),
              mine.mode(),
              space.hostId(),
              space.generation(),
              mine.version());
      holder = new Holder(mine.pid(), token);
    }
  }

  private void confirm(long askedNanos, Snapshot.Space space) {
    // The daemon tells whole seconds of both times: the age may be one more than their difference.
    long age = space.renewalAgeSeconds() + 1;
    long leftSeconds = (long) FAIL_IO_TIMEOUTS * space.ioTimeoutSeconds() - age;
    long untilNanos = askedNanos + TimeUnit.SECONDS.toNanos(leftSeconds);
    if (untilNanos - confirmedUntilNanos > 0) {
      confirmedUntilNanos = untilNanos;
    }
    boolean late = age > (long) LATE_IO_TIMEOUTS * space.ioTimeoutSeconds();
    if (late != isLate && isHeld()) {
      isLate = late;
      if (late) {
        observer.renewalLate(Duration.ofSeconds(age));
      } else {
        observer.renewed();
      }
    }
  }

  /** Ends it for a reason, unless it has ended. */
  void lose(LeaseLoss.Cause cause, String details) {
    LeaseLoss loss = new LeaseLoss(cause, details);
    if (stage.compareAndSet(Stage.HELD, new Stage("LOST", loss))) {
      observer.lost(loss);
    }
  }

  /** Ends it because its user does not need it any more, unless it has ended. */
  void close() {
    boolean unused = stage.compareAndSet(Stage.HELD, Stage.CLOSED);
  }

  @Override
  public String toString() {
    return resource + ", " + token().mode() + ", " + stage.get().name;
  }
}
