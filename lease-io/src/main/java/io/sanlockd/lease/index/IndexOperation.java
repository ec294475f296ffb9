package io.sanlockd.lease.index;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/**
 * One operation on an index from reading its header to giving the internal lease back (rindex.md 4,
 * 5). Resumable: {@link #advance} runs until the operation is over or has to wait. Used by one
 * thread at a time; the caller runs one operation on an index at a time, keeps the lockspace from
 * being removed until it is over, and closes the disk then.
 *
 * <p>The client's {@link #answer} may be known long before: a write of the index that is still in
 * flight could undo what another host writes later, so the internal lease is kept until it has
 * landed.
 */
public final class IndexOperation {
  /** What to do next. */
  public sealed interface Step {
    /** Call {@link #advance} again after this time. */
    record Wait(long nanos) implements Step {}

    /** The operation is over, there is an answer. */
    record Done() implements Step {}
  }

  private enum State {
    OPEN,
    ACQUIRE,
    WORK,
    RELEASE
  }

  private static final int ACQUIRE_ATTEMPTS = 6;

  private final IndexContext context;
  private final LeaseDisk disk;
  private final long offset;
  private final IndexTask task;
  private final boolean needsLease;
  private State state = State.OPEN;
  private ResourceIndex index;
  private PaxosContext lease;
  private PaxosAcquire acquire;
  private int attempts;
  private Optional<Holding> held = Optional.empty();
  private Optional<IndexAnswer> answer = Optional.empty();

  private IndexOperation(
      IndexContext context, LeaseDisk disk, long offset, IndexTask task, boolean needsLease) {
    this.context = context;
    this.disk = disk;
    this.offset = offset;
    this.task = task;
    this.needsLease = needsLease;
  }

  /**
   * Creates a lease in the first free area. Answers its offset; -17 the name exists, -2 no free
   * entry.
   *
   * @param offset where the index is
   * @param numHosts host blocks in use; 0 or too many = as many as fit
   */
  public static IndexOperation create(
      IndexContext context, LeaseDisk disk, long offset, LeaseName name, long numHosts) {
    IndexTask task =
        new LeaseCreation(name, numHosts, context.use(), context.initTimeoutNanos(), context.log());
    return new IndexOperation(context, disk, offset, task, true);
  }

  /**
   * Deletes a lease. Answers -2 no such name, -16 it is held.
   *
   * @param leaseOffset given by the client, must be a multiple of the align size; 0 = not given
   */
  public static IndexOperation delete(
      IndexContext context, LeaseDisk disk, long offset, LeaseName name, long leaseOffset) {
    IndexTask task =
        new LeaseDeletion(
            name,
            leaseOffset,
            context.use(),
            context.initTimeoutNanos(),
            context.clock(),
            context.log());
    return new IndexOperation(context, disk, offset, task, true);
  }

  /**
   * Writes the index anew from the leases in its areas.
   *
   * @param withoutLock the caller has made sure that nobody else uses the index
   */
  public static IndexOperation rebuild(
      IndexContext context, LeaseDisk disk, long offset, boolean withoutLock) {
    IndexTask task =
        new IndexRebuild(context.space(), context.times().ioTimeoutNanos(), context.log());
    return new IndexOperation(context, disk, offset, task, !withoutLock);
  }

  /** See {@link ResourceIndex#lookup}. */
  public static IndexOperation lookup(
      IndexContext context, LeaseDisk disk, long offset, LeaseName name, long leaseOffset) {
    IndexTask task = opened -> Optional.of(opened.lookup(name, leaseOffset));
    return new IndexOperation(context, disk, offset, task, false);
  }

  /** See {@link ResourceIndex#put}. */
  public static IndexOperation put(
      IndexContext context, LeaseDisk disk, long offset, LeaseName name, long leaseOffset) {
    IndexTask task = opened -> Optional.of(IndexAnswer.of(opened.put(name, leaseOffset)));
    return new IndexOperation(context, disk, offset, task, false);
  }

  /** See {@link ResourceIndex#remove}. */
  public static IndexOperation remove(
      IndexContext context, LeaseDisk disk, long offset, long leaseOffset) {
    IndexTask task = opened -> Optional.of(IndexAnswer.of(opened.remove(leaseOffset)));
    return new IndexOperation(context, disk, offset, task, false);
  }

  /** What the client is told, as soon as it is known. */
  public Optional<IndexAnswer> answer() {
    return answer;
  }

  /** Runs until the operation is over or has to wait. */
  public Step advance() {
    try {
      return switch (state) {
        case OPEN -> open();
        case ACQUIRE -> acquire();
        case WORK -> work();
        case RELEASE -> release();
      };
    } catch (LeaseException e) {
      answer = Optional.of(IndexAnswer.failed(e));
      if (index == null) {
        return new Step.Done();
      }
      state = State.RELEASE;
      return release();
    }
  }

  private Step open() throws LeaseException {
    index =
        ResourceIndex.open(
            disk,
            offset,
            context.space(),
            context.times().ioTimeoutNanos(),
            context.cancellation(),
            context.lockspace().fence());
    if (!needsLease) {
      state = State.WORK;
      return work();
    }
    lease = context.leaseContext(index);
    state = State.ACQUIRE;
    return acquire();
  }

  private Step acquire() throws LeaseException {
    if (acquire == null) {
      acquire = new PaxosAcquire(lease, new AcquireRequest(false, 0, 0, true));
    }
    PaxosAcquire.Step step = acquire.advance();
    if (step instanceof PaxosAcquire.Step.Wait wait) {
      return new Step.Wait(wait.nanos());
    }
    AcquireOutcome outcome = ((PaxosAcquire.Step.Done) step).outcome();
    if (outcome instanceof AcquireOutcome.Granted granted) {
      held = Optional.of(new Holding(granted.dblock(), Optional.of(granted.leader())));
      state = State.WORK;
      return work();
    }
    AcquireOutcome.Refused refused = (AcquireOutcome.Refused) outcome;
    attempts++;
    if (refused.undo().isEmpty() && ownedByOther(refused) && attempts < ACQUIRE_ATTEMPTS) {
      acquire = null;
      return new Step.Wait(1 + context.randomness().below(Clock.SECOND_NANOS));
    }
    held = refused.undo();
    throw context.cancellation().cancelled()
        ? new LeaseException(ResultCode.ENOSPC, "lockspace " + context.space() + " fails")
        : new LeaseException(refused.result(), refused.message());
  }

  /** Other hosts hold the internal lease only for moments. */
  private static boolean ownedByOther(AcquireOutcome.Refused refused) {
    return refused.result() == ResultCode.ACQUIRE_IDLIVE.number()
        || refused.result() == ResultCode.ACQUIRE_OWNED.number()
        || refused.result() == ResultCode.ACQUIRE_OTHER.number();
  }

  private Step work() throws LeaseException {
    answer = task.advance(index);
    if (answer.isEmpty()) {
      return new Step.Wait(1);
    }
    state = State.RELEASE;
    return release();
  }

  /** Gives the internal lease back once no write of this operation is in flight any more. */
  private Step release() {
    if (context.cancellation().cancelled()) {
      // The end of our host_id frees it.
      return new Step.Done();
    }
    if (!index.settled()) {
      return new Step.Wait(Clock.SECOND_NANOS);
    }
    if (held.isEmpty()) {
      return new Step.Done();
    }
    PaxosRelease.Outcome outcome = lease.release().exclusive(held.get(), ReleaseOptions.PLAIN);
    if (outcome.again()) {
      held = Optional.of(new Holding(held.get().dblock(), Optional.empty()));
      return new Step.Wait(context.times().ioTimeoutNanos());
    }
    if (outcome.result() < 0) {
      context.log().error("internal lease of the index: " + outcome.message());
    }
    return new Step.Done();
  }
}
