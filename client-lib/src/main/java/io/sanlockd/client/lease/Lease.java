package io.sanlockd.client.lease;

import io.sanlockd.client.ConvertFlag;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.WatchedConnection;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

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
 * the other questions never wait; {@link #convert}, operations on {@link #value} and {@link #close}
 * wait for each other and for the daemon, each at most the call timeout of the {@link Leases}.
 */
public final class Lease implements AutoCloseable {
  private final LeaseResource resource;
  private final WatchedConnection connection;
  private final RegisteredClient registered;
  private final Leases leases;
  private final LeaseListener listener;
  private final Holding holding;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final CompletableFuture<LeaseLoss> lost = new CompletableFuture<>();

  /**
   * A lease just taken.
   *
   * @param askedNanos when {@code snapshot} was asked for, after the lease was taken
   */
  Lease(
      Leases leases,
      Terms terms,
      WatchedConnection connection,
      RegisteredClient registered,
      long askedNanos,
      Snapshot snapshot) {
    this.resource = terms.resource;
    this.connection = connection;
    this.registered = registered;
    this.leases = leases;
    this.listener = terms.listener;
    this.holding =
        new Holding(
            resource,
            terms.mode,
            (int) ProcessHandle.current().pid(),
            new Telling(),
            System::nanoTime,
            askedNanos,
            snapshot);
  }

  /** Hands on to the listener what happens. */
  private final class Telling implements Holding.Observer {
    @Override
    public void lost(LeaseLoss loss) {
      leases
          .notifier()
          .tellAtOnce(
              () -> {
                lost.complete(loss);
                listener.lost(Lease.this, loss);
              });
    }

    @Override
    public void renewalLate(Duration sinceRenewal) {
      leases.notifier().tell(() -> listener.renewalLate(Lease.this, sinceRenewal));
    }

    @Override
    public void renewed() {
      leases.notifier().tell(() -> listener.renewed(Lease.this));
    }
  }

  /** Begins to report the end of the connection; once, after the lease is known to its owner. */
  void watch() {
    connection.whenEnded().thenAccept(reason -> leases.connectionEnded(holding, reason));
  }

  Holding holding() {
    return holding;
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
    return holding.token();
  }

  /**
   * Whether it is held, as far as anybody in this process can know: not closed, not lost, and the
   * daemon has confirmed that it renewed within the last 8 io_timeouts. True is a statement about
   * the past; work that must not be done by two holders needs {@link #token} checked where it is
   * done, or must end before {@link #remaining} is over.
   */
  public boolean isHeld() {
    return holding.isHeld();
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
    return holding.remaining();
  }

  /** Completes when it is lost; never when it is closed before. */
  public CompletionStage<LeaseLoss> whenLost() {
    return lost.minimalCompletionStage();
  }

  /** Why it was lost; empty while it is held or when it was closed before. */
  public Optional<LeaseLoss> loss() {
    return holding.loss();
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
    if (connection.isUsable()) {
      refresh();
    } else {
      holding.lose(LeaseLoss.Cause.NO_REPLY, "a conversion was not answered");
    }
    ensureHeld();
  }

  private void refresh() {
    long askedNanos = System.nanoTime();
    try {
      holding.check(askedNanos, Snapshot.take(leases.client()));
    } catch (SanlockException e) {
      holding.lose(
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

  /** Tells the listener of another host's wish. */
  void requested(HostNotice event) {
    if (isHeld()) {
      leases.notifier().tell(() -> listener.requested(this, event));
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
    holding.close();
    if (isClosed.compareAndSet(false, true)) {
      leases.forget(this);
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
      Notifier.LOG.log(System.Logger.Level.DEBUG, "release of " + resource, e);
    }
  }

  /** As in {@code lease ls:r1:/dev/vg/leases:1048576, EXCLUSIVE, HELD}. */
  @Override
  public String toString() {
    return "lease " + holding;
  }
}
