package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockException;
import io.sanlockd.model.Check;
import io.sanlockd.model.LeaseName;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * How a lease is to be taken; begins with {@link Leases#request}. Immutable: each method gives a
 * new request, so that one can be kept and used again, also by several threads.
 *
 * <p>Without anything else said: exclusive, one attempt, no value block, no listener, SIGTERM and
 * then SIGKILL for this process when the lockspace fails.
 */
public final class LeaseRequest {
  private final Leases leases;
  private final Terms terms;

  LeaseRequest(Leases leases, Terms terms) {
    this.leases = leases;
    this.terms = terms;
  }

  private LeaseRequest with(Consumer<Terms> change) {
    Terms changed = terms.copy();
    change.accept(changed);
    return new LeaseRequest(leases, changed);
  }

  /** What the lease is on. */
  public LeaseResource resource() {
    return terms.resource;
  }

  long waitNanos() {
    return Acquirer.nanos(terms.wait);
  }

  /** Shared with other holders that take it shared. */
  public LeaseRequest shared() {
    return with(changed -> changed.mode = LeaseMode.SHARED);
  }

  /**
   * Tries again until the time is over while somebody else has the lease, is silent but not yet
   * certainly dead, or wins the race.
   *
   * @param time until no new attempt begins; zero for one attempt
   */
  public LeaseRequest waitingFor(Duration time) {
    Check.argument(!time.isNegative(), "a negative time to wait");
    return with(changed -> changed.wait = time);
  }

  /** Pauses between attempts in another way than {@link RetryPolicy#DEFAULT}. */
  public LeaseRequest retrying(RetryPolicy policy) {
    Objects.requireNonNull(policy);
    return with(changed -> changed.retry = policy);
  }

  /**
   * Shows a name for this holder in {@code sanlock client status} instead of none.
   *
   * @param name at most 48 bytes
   */
  public LeaseRequest named(String name) {
    LeaseName ownerName = LeaseName.of(LeaseResource.toWire(name));
    return with(changed -> changed.ownerName = ownerName);
  }

  /** Reads the value block when the lease is taken; see {@link Lease#value}. */
  public LeaseRequest withValueBlock() {
    return with(changed -> changed.hasValueBlock = true);
  }

  /** Tells a listener what happens to the lease. */
  public LeaseRequest listener(LeaseListener listener) {
    Objects.requireNonNull(listener);
    return with(changed -> changed.listener = listener);
  }

  /**
   * Has {@link LeaseListener#requested} called when another host asks for the lease ({@link
   * Leases#askForRelease}). Uses one of the 32 event channels of the lockspace, for all leases of
   * this process.
   */
  public LeaseRequest answeringRequests() {
    return with(changed -> changed.answersRequests = true);
  }

  /** Has a program run instead of SIGTERM when the lockspace fails. */
  public LeaseRequest killpath(KillProgram program) {
    return with(changed -> changed.killpath = Optional.of(program));
  }

  /** Says which signals this process may be sent when the lockspace fails. */
  public LeaseRequest signals(SignalPolicy policy) {
    Objects.requireNonNull(policy);
    return with(changed -> changed.signals = policy);
  }

  /**
   * Takes the lease. An interrupt ends the waiting at once; whatever was under way is given back.
   *
   * @throws LeaseUnavailableException when somebody else had it until the deadline
   * @throws SanlockException when it cannot be had at all: no daemon, the lockspace is not joined,
   *     there is no such lease, the storage fails
   * @throws InterruptedException when the thread is interrupted
   */
  public Lease acquire() throws SanlockException, InterruptedException {
    return new Acquirer(leases, terms).acquire();
  }

  /**
   * As {@link #acquire}, but empty when somebody else had the lease until the deadline.
   *
   * @throws SanlockException when it cannot be had at all
   * @throws InterruptedException when the thread is interrupted
   */
  public Optional<Lease> tryAcquire() throws SanlockException, InterruptedException {
    try {
      return Optional.of(acquire());
    } catch (LeaseUnavailableException e) {
      return Optional.empty();
    }
  }

  /**
   * As {@link #acquire}, on a thread of its own. To cancel the future cancels the waiting; a lease
   * that was taken in the same moment is given back.
   */
  public CompletableFuture<Lease> acquireAsync() {
    return AcquireTask.start(this);
  }
}
