package io.sanlockd.client.lease;

import io.sanlockd.client.ConvertFlag;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.WatchedConnection;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A lease that this process took. It is held until it is closed, lost, or the process ends;
 * whichever comes first is final: an object that once said it is not held never says otherwise.
 *
 * <p><b>Ending.</b> {@link #close} gives the lease back, and says to the daemon that this process
 * no longer uses what it protects. So close a lost lease too, but only after the use has ended:
 * while a lease of a failed lockspace is open the daemon tries to stop this process, and once it is
 * closed other hosts may have it.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. {@link #isHeld}, {@link #token} and
 * the other questions never wait; {@link #convert}, {@link #value} operations and {@link #close}
 * wait for each other and for the daemon, each at most the call timeout of the {@link Leases}.
 */
public final class Lease implements AutoCloseable {
  private static final int FAIL_IO_TIMEOUTS = 8;
  private static final int LATE_IO_TIMEOUTS = 4;

  private final LeaseResource resource;
  private final WatchedConnection connection;
  private final RegisteredClient registered;
  private final LeaseScene scene;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.HELD);
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final CompletableFuture<LeaseLoss> lost = new CompletableFuture<>();
  private volatile Holder holder;
  private volatile long confirmedUntilNanos;
  private long adoptedNanos;
  private boolean isLate;

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

  /**
   * What is known of the holding.
   *
   * @param pid this process, as the daemon sees it
   * @param token of the holding
   */
  private record Holder(int pid, FencingToken token) {}

  /**
   * What a lease needs of its {@link Leases}.
   *
   * @param client for questions on connections of their own
   * @param listener is told
   * @param notifier tells it
   * @param nanoClock as {@link System#nanoTime}
   * @param atClose forgets the lease
   */
  record LeaseScene(
      SanlockClient client,
      LeaseListener listener,
      Notifier notifier,
      LongSupplier nanoClock,
      Consumer<Lease> atClose) {}

  /**
   * A lease just taken.
   *
   * @param askedNanos when {@code snapshot} was asked for, after the lease was taken
   */
  Lease(
      LeaseResource resource,
      LeaseMode mode,
      WatchedConnection connection,
      RegisteredClient registered,
      LeaseScene scene,
      long askedNanos,
      Snapshot snapshot) {
    this.resource = resource;
    this.connection = connection;
    this.registered = registered;
    this.scene = scene;
    this.confirmedUntilNanos = askedNanos;
    this.adoptedNanos = askedNanos;
    int ownPid = (int) ProcessHandle.current().pid();
    List<Snapshot.Holding> holdings = snapshot.holdings(named());
    // In another pid namespace than the daemon's our number differs; an exclusive holder is alone.
    int pid =
        holdings.stream().anyMatch(holding -> holding.pid() == ownPid) || holdings.isEmpty()
            ? ownPid
            : holdings.get(0).pid();
    this.holder =
        new Holder(pid, new FencingToken(resource.lockspace(), resource.name(), mode, 0, 0, 0));
    check(askedNanos, snapshot);
  }

  /** Begins to report the end of the connection; once, after the lease is known to its owner. */
  void watch() {
    connection
        .whenEnded()
        .thenAccept(
            reason ->
                lose(
                    LeaseLoss.Cause.DAEMON_GONE,
                    "the connection to the daemon ended: " + SanlockException.describe(reason)));
  }

  /** What it is on. */
  public LeaseResource resource() {
    return resource;
  }

  /** How it is held, or was when it was lost. */
  public LeaseMode mode() {
    return token().mode();
  }

  /**
   * The proof of this holding, for whoever does the work. After a {@link #convert} there is a new
   * one.
   */
  public FencingToken token() {
    return holder.token;
  }

  /**
   * Whether it is held, as far as anybody in this process can know: not closed, not lost, and the
   * daemon has confirmed that it renewed within the last 8 io_timeouts. True is a statement about
   * the past; work that must not be done by two holders needs {@link #token} checked where it is
   * done, or must end before {@link #remaining} is over.
   */
  public boolean isHeld() {
    if (stage.get() != Stage.HELD) {
      return false;
    }
    if (scene.nanoClock.getAsLong() - confirmedUntilNanos >= 0) {
      lose(
          LeaseLoss.Cause.NOT_CONFIRMED,
          "the daemon has not confirmed a renewal for " + FAIL_IO_TIMEOUTS + " io_timeouts");
      return false;
    }
    return true;
  }

  /**
   * Goes on only when the lease is held.
   *
   * @throws LeaseLostException when it was lost
   * @throws IllegalStateException when it was closed
   */
  public void ensureHeld() throws LeaseLostException {
    if (!isHeld()) {
      Optional<LeaseLoss> loss = loss();
      if (loss.isPresent()) {
        throw new LeaseLostException(resource, loss.get());
      }
      throw new IllegalStateException("the lease " + resource + " is closed");
    }
  }

  /**
   * How long it will be held without another renewal; zero when it is not held. Grows with each
   * renewal that the daemon confirms, about once a second.
   */
  public Duration remaining() {
    return isHeld()
        ? Duration.ofNanos(Math.max(0, confirmedUntilNanos - scene.nanoClock.getAsLong()))
        : Duration.ZERO;
  }

  /** Completes when it is lost; never when it is closed before. */
  public CompletionStage<LeaseLoss> whenLost() {
    return lost.minimalCompletionStage();
  }

  /** Why it was lost; empty while it is held or when it was closed before. */
  public Optional<LeaseLoss> loss() {
    return Optional.ofNullable(stage.get().loss);
  }

  /**
   * Changes the mode; nothing happens when it is held so already. To exclusive there must be no
   * other holder; two holders that both want to convert and keep on trying wait for each other for
   * ever, so one must close. The lease is held in the old mode when the change is refused.
   *
   * @throws SanlockException -11 when others share it, -247 when one of them may be dead, other
   *     numbers when the storage failed
   * @throws LeaseLostException when it is lost, also when the outcome is not known
   */
  public void convert(LeaseMode mode) throws SanlockException, LeaseLostException {
    ensureHeld();
    try {
      registered.convert(resource.named(mode), ConvertFlag.OWNER_NOWAIT);
    } catch (SanlockException e) {
      if (e.number() != ResultCode.EALREADY.number()) {
        afterRefusedConversion();
        throw e;
      }
    }
    refresh();
    ensureHeld();
  }

  private void afterRefusedConversion() throws LeaseLostException {
    if (!connection.isUsable()) {
      lose(LeaseLoss.Cause.NO_REPLY, "a conversion was not answered");
    } else {
      refresh();
    }
    ensureHeld();
  }

  private void refresh() {
    long askedNanos = scene.nanoClock.getAsLong();
    try {
      check(askedNanos, Snapshot.take(scene.client));
    } catch (SanlockException e) {
      lose(
          LeaseLoss.Cause.NOT_CONFIRMED,
          "mode and version after a conversion are not known: " + e.getMessage());
    }
  }

  /**
   * The value block, for a lease taken with {@link LeaseRequest#withValueBlock}.
   *
   * @param <T> type of the value
   */
  public <T> LeaseValue<T> value(ValueCodec<T> codec) {
    return new LeaseValue<>(this, registered, codec);
  }

  Resource named() {
    return resource.named(LeaseMode.EXCLUSIVE);
  }

  /**
   * Compares with what the daemon holds.
   *
   * @param askedNanos when the snapshot was asked for: what it says is at least as old
   */
  synchronized void check(long askedNanos, Snapshot snapshot) {
    Optional<Snapshot.Space> space = snapshot.space(resource.lockspaceName());
    Optional<Snapshot.Holding> mine =
        snapshot.holdings(named()).stream()
            .filter(holding -> holding.pid() == holder.pid)
            .findFirst();
    if (space.isEmpty() || !space.get().isUsable()) {
      lose(
          LeaseLoss.Cause.LOCKSPACE_FAILED,
          "the daemon lost or leaves the lockspace " + resource.lockspace());
    } else if (mine.isEmpty()) {
      lose(LeaseLoss.Cause.RELEASED_BY_OTHERS, "the daemon does not list this process as holder");
    } else {
      // A snapshot from before a conversion may be told after the one from behind it.
      if (askedNanos - adoptedNanos >= 0) {
        adoptedNanos = askedNanos;
        adopt(mine.get(), space.get());
      }
      confirm(askedNanos, space.get());
    }
  }

  private void adopt(Snapshot.Holding mine, Snapshot.Space space) {
    holder =
        new Holder(
            mine.pid(),
            new FencingToken(
                resource.lockspace(),
                resource.name(),
                mine.mode(),
                space.hostId(),
                space.generation(),
                mine.version()));
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
      LeaseListener listener = scene.listener;
      scene.notifier.tell(
          late
              ? () -> listener.renewalLate(this, Duration.ofSeconds(age))
              : () -> listener.renewed(this));
    }
  }

  /** Tells the listener of another host's wish. */
  void requested(HostNotice event) {
    if (isHeld()) {
      scene.notifier.tell(() -> scene.listener.requested(this, event));
    }
  }

  /** Ends the holding; the first reason counts. Any thread, never waits. */
  void lose(LeaseLoss.Cause cause, String details) {
    LeaseLoss loss = new LeaseLoss(cause, details);
    if (stage.compareAndSet(Stage.HELD, new Stage("LOST", loss))) {
      scene.notifier.tellAtOnce(
          () -> {
            lost.complete(loss);
            scene.listener.lost(this, loss);
          });
    }
  }

  /**
   * Gives the lease back and tells how that went. Whatever the result: this process holds it no
   * longer. Only the first call of this or {@link #close} does anything.
   *
   * @throws SanlockException when the daemon could not write the release; with -202 it goes on
   *     trying, and until it is done nobody gets the lease
   */
  public void release() throws SanlockException {
    boolean unused = stage.compareAndSet(Stage.HELD, Stage.CLOSED);
    if (isClosed.compareAndSet(false, true)) {
      scene.atClose.accept(this);
      try {
        if (connection.isUsable()) {
          registered.release(List.of(named()));
        }
      } finally {
        registered.close();
      }
    }
  }

  /**
   * As {@link #release}, but does not tell the result: the lease is given back, if not by the
   * release then by the end of its connection.
   */
  @Override
  public void close() {
    try {
      release();
    } catch (SanlockException e) {
      System.getLogger("io.sanlockd.client.lease")
          .log(System.Logger.Level.DEBUG, "release of " + resource, e);
    }
  }

  /** As in {@code lease ls:r1:/dev/vg/leases:1048576, EXCLUSIVE, HELD}. */
  @Override
  public String toString() {
    return "lease " + resource + ", " + mode() + ", " + stage.get().name;
  }
}
