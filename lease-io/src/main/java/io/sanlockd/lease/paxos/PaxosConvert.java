package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/**
 * Changes the mode of a lease that is held (paxos-lease.md 8). Resumable like {@link PaxosAcquire}:
 * {@link #advance} runs until the conversion ends or has to wait. Used by one thread at a time; no
 * other operation of this host runs on the resource meanwhile. The caller makes sure that no other
 * process of this host shares the lease before it is made exclusive.
 *
 * <p>SH to EX is an acquire whose every block keeps the shared flag, so that it may fail at any
 * point. EX to SH first sets the shared flag, then RELEASED, then frees the leader: if the first of
 * these writes fails, or lands at any later time, the lease is as exclusive as before; once it is
 * done, it is shared whatever happens to the others.
 */
public final class PaxosConvert {
  /** What to do next. */
  public sealed interface Step {
    /** Call {@link #advance} again after this time. */
    record Wait(long nanos) implements Step {}

    /** The conversion has ended. */
    record Done(ConvertOutcome outcome) implements Step {}
  }

  private enum State {
    UPGRADE,
    MARK_SHARED,
    GIVE_UP_LEADER
  }

  private static final int UNDO_ATTEMPTS = 3;

  private final PaxosIdentity identity;
  private final LeaseReplicas replicas;
  private final Cancellation cancellation;
  private final LeaseLog log;
  private final PaxosRelease release;
  private final PaxosAcquire acquire;
  private final LeaderRecord heldLeader;
  private final Optional<ValueWrite> value;
  private State state;

  /** Our block as last written. */
  private Dblock dblock;

  /** What {@link State#GIVE_UP_LEADER} gives up, and why: success or a refused upgrade. */
  private Optional<LeaderRecord> surplus = Optional.empty();

  private ConvertOutcome.Refused refusal;
  private int attempts;

  private PaxosConvert(
      PaxosContext context,
      AcquireOutcome.Granted held,
      PaxosAcquire acquire,
      Optional<ValueWrite> value,
      State state) {
    this.identity = context.identity();
    this.replicas = context.replicas();
    this.cancellation = context.cancellation();
    this.log = context.log();
    this.release = context.release();
    this.acquire = acquire;
    this.heldLeader = held.leader();
    this.dblock = held.dblock();
    this.value = value;
    this.state = state;
  }

  /**
   * SH to EX, not yet begun.
   *
   * @param held the lease as it was granted shared
   * @param ownerNoWait refuse instead of waiting until a silent owner is certainly dead
   */
  public static PaxosConvert toExclusive(
      PaxosContext context, AcquireOutcome.Granted held, boolean ownerNoWait) {
    return new PaxosConvert(
        context, held, PaxosAcquire.upgrade(context, ownerNoWait), Optional.empty(), State.UPGRADE);
  }

  /**
   * EX to SH, not yet begun.
   *
   * @param held the lease as it was granted or converted exclusively
   * @param value the lock value block to write first
   */
  public static PaxosConvert toShared(
      PaxosContext context, AcquireOutcome.Granted held, Optional<ValueWrite> value) {
    return new PaxosConvert(context, held, null, value, State.MARK_SHARED);
  }

  /** How many ballots it has run. */
  public int ballots() {
    return acquire == null ? 0 : acquire.ballots();
  }

  /** Runs until the conversion ends or has to wait. */
  public Step advance() {
    return switch (state) {
      case UPGRADE -> upgrade();
      case MARK_SHARED -> markShared();
      case GIVE_UP_LEADER -> giveUpLeader();
    };
  }

  private Step upgrade() {
    PaxosAcquire.Step step = acquire.advance();
    if (step instanceof PaxosAcquire.Step.Wait wait) {
      return new Step.Wait(wait.nanos());
    }
    AcquireOutcome outcome = ((PaxosAcquire.Step.Done) step).outcome();
    dblock = acquire.lastWritten().orElse(dblock);
    if (outcome instanceof AcquireOutcome.Granted granted) {
      return new Step.Done(new ConvertOutcome.Converted(granted.leader(), granted.dblock()));
    }
    AcquireOutcome.Refused refused = (AcquireOutcome.Refused) outcome;
    refusal =
        new ConvertOutcome.Refused(
            refused.result(), refused.message(), refused.leader(), true, dblock, Optional.empty());
    if (refused.undo().isEmpty()) {
      return new Step.Done(refusal);
    }
    surplus = refused.undo().get().leader();
    state = State.GIVE_UP_LEADER;
    return giveUpLeader();
  }

  private Step markShared() {
    if (!replicas.majoritySettled() || !replicas.foreignSettled()) {
      // H5: it would land on top of what we write now.
      return stillExclusive(
          ResultCode.EAGAIN.number(), "late writes to " + replicas + " are in flight");
    }
    try {
      if (value.isPresent() && !release.leaveValue(value.get())) {
        return stillExclusive(
            ResultCode.EAGAIN.number(), "value block not written, our host_id may be lost");
      }
      replicas.writeHostBlock(
          identity.hostId(), new HostBlock(dblock, ModeBlock.shared(identity.generation())));
    } catch (LeaseException e) {
      return stillExclusive(e.result(), e.getMessage());
    }
    surplus = Optional.of(heldLeader);
    state = State.GIVE_UP_LEADER;
    return giveUpLeader();
  }

  private Step stillExclusive(int result, String message) {
    value.ifPresent(ValueWrite::drop);
    return new Step.Done(
        new ConvertOutcome.Refused(
            result, message, Optional.empty(), false, dblock, Optional.empty()));
  }

  /** The lease is shared; RELEASED is set and the leader freed, with retries after timeouts. */
  private Step giveUpLeader() {
    if (cancellation.cancelled()) {
      return surplusStays(ResultCode.EGENERIC.number(), "conversion called off");
    }
    if (attempts > 0 && !replicas.majoritySettled()) {
      // Written again now, the one in flight could land on the next owner's leader.
      return tryAgain(ResultCode.AIO_TIMEOUT.number(), "a write is still in flight");
    }
    PaxosRelease.Outcome outcome = release.keepingShared(new Holding(dblock, surplus));
    dblock = dblock.withReleased();
    // From now on only "are we owner and writer" counts: the write that timed out may have landed.
    surplus = Optional.empty();
    if (outcome.again()) {
      return tryAgain(outcome.result(), outcome.message());
    }
    if (outcome.result() < 0) {
      return surplusStays(outcome.result(), outcome.message());
    }
    return new Step.Done(
        refusal == null ? new ConvertOutcome.Converted(heldLeader, dblock) : refused(false));
  }

  private Step tryAgain(int result, String message) {
    attempts++;
    boolean downgrade = refusal == null;
    int most = downgrade ? identity.times().ioTimeout() : UNDO_ATTEMPTS;
    if (attempts > most) {
      return surplusStays(
          result < 0 ? result : ResultCode.AIO_TIMEOUT.number(),
          "leader of " + replicas + " not certainly free: " + message);
    }
    int seconds = downgrade ? attempts : identity.times().ioTimeout();
    return new Step.Wait(seconds * Clock.SECOND_NANOS);
  }

  private Step surplusStays(int result, String message) {
    log.error("convert " + replicas + " " + result + " " + message);
    if (refusal == null) {
      refusal =
          new ConvertOutcome.Refused(
              result, message, Optional.empty(), true, dblock, Optional.empty());
    }
    return new Step.Done(refused(true));
  }

  private ConvertOutcome.Refused refused(boolean surplusLeft) {
    return new ConvertOutcome.Refused(
        refusal.result(),
        refusal.message(),
        refusal.leader(),
        true,
        dblock,
        surplusLeft ? Optional.of(new Holding(dblock, Optional.empty())) : Optional.empty());
  }
}
