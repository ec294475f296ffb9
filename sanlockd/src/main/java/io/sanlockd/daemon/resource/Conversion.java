package io.sanlockd.daemon.resource;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.ConvertOutcome;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosConvert;
import io.sanlockd.model.flight.EventKind;
import java.util.function.IntConsumer;

/**
 * One change of the mode of a lease on its way between workers, timer and main loop (paxos-lease.md
 * 8, 20). Methods run on the main loop.
 */
public final class Conversion {
  private final Seams seams;
  private final Resource resource;
  private final int pid;
  private final boolean toShared;
  private final IntConsumer done;
  private final LeaseLog log;
  private final Parking parking;
  private final PaxosConvert convert;

  Conversion(
      Seams seams,
      Token token,
      boolean toShared,
      boolean ownerNoWait,
      Cancellation cancelled,
      IntConsumer done) {
    this.seams = seams;
    this.resource = token.resource();
    this.pid = token.pid();
    this.toShared = toShared;
    this.done = done;
    this.log = seams.log(resource);
    this.parking = new Parking(seams.workers());
    PaxosContext context = seams.context(resource, cancelled);
    this.convert =
        toShared
            ? PaxosConvert.toShared(context, resource.held(), resource.leaveValue())
            : PaxosConvert.toExclusive(context, resource.held(), ownerNoWait);
  }

  void start() {
    resource.converting(true);
    advance();
  }

  /** There may be a reason to give up: looks now instead of when the wait is over. */
  public void wake() {
    parking.wake();
  }

  private void advance() {
    seams.workers().run(convert::advance, this::advanced);
  }

  private void advanced(PaxosConvert.Step step) {
    if (step instanceof PaxosConvert.Step.Wait wait) {
      parking.park(wait.nanos(), this::advance);
    } else if (step instanceof PaxosConvert.Step.Done end) {
      seams.counts().ballots(convert.ballots());
      ended(end.outcome());
    }
  }

  private void ended(ConvertOutcome outcome) {
    resource.converting(false);
    if (outcome instanceof ConvertOutcome.Converted converted) {
      resource.converted(toShared, converted);
      seams.tell(EventKind.CONVERTED, resource, pid, resource.lver(), toShared ? 1 : 0);
      log.debug("converted " + resource.name() + " lver " + resource.lver());
      done.accept(0);
    } else if (outcome instanceof ConvertOutcome.Refused refused) {
      resource.notConverted(refused);
      tell(refused);
      log.error("convert " + resource.name() + " " + refused.result() + " " + refused.message());
      done.accept(refused.result());
    }
  }

  private void tell(ConvertOutcome.Refused refused) {
    if (toShared && refused.shared()) {
      seams.tell(EventKind.CONVERT_HALFWAY, resource, pid, refused.result(), 0);
    } else {
      long owner = Seams.owner(resource.lockspace(), refused.leader());
      seams.tell(EventKind.CONVERT_REFUSED, resource, pid, refused.result(), owner);
    }
  }
}
