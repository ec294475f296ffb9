package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.ResultCode;
import java.util.BitSet;
import java.util.Optional;

/**
 * Last step of an acquire: the version is ours exclusively, and becomes what was asked for
 * (paxos-lease.md 7, 8).
 */
record ModeSettlement(PaxosContext context) {
  /** SH: replaces the exclusive hold by the shared flag. */
  AcquireOutcome share(LeaderRecord leader, Dblock own) throws LeaseException {
    Dblock released = own.withReleased();
    context.memory().note(released);
    writeBlock(released, ModeBlock.shared(context.identity().generation()));
    context.release().freeLeader(Optional.of(leader), Optional.empty());
    return new AcquireOutcome.Granted(leader, released);
  }

  /** EX: nobody may share beside us. */
  AcquireOutcome exclude(LeaderRecord leader, Dblock own, BitSet sharers)
      throws LeaseException, Refusal {
    if (!sharers.isEmpty()) {
      int alive = new SharerCheck(context).clearDead(sharers);
      if (alive > 0) {
        throw new Refusal(
            ResultCode.EAGAIN, leader, "shared by " + alive + " other host(s): " + sharers);
      }
    }
    return new AcquireOutcome.Granted(leader, own);
  }

  /** SH to EX: as {@link #exclude}, then our own shared flag goes. */
  AcquireOutcome upgrade(LeaderRecord leader, Dblock own, BitSet sharers)
      throws LeaseException, Refusal {
    AcquireOutcome granted = exclude(leader, own, sharers);
    try {
      writeBlock(own, ModeBlock.NONE);
    } catch (LeaseException e) {
      // The lease is ours all the same; the next release clears the flag.
      context.log().error("shared flag of " + context.replicas() + " stays set: " + e.getMessage());
    }
    return granted;
  }

  private void writeBlock(Dblock dblock, ModeBlock mode) throws LeaseException {
    context.replicas().writeHostBlock(context.identity().hostId(), new HostBlock(dblock, mode));
  }
}
