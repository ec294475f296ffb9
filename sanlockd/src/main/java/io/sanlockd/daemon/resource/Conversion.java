package io.sanlockd.daemon.resource;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.ConvertOutcome;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosConvert;
import java.util.function.IntConsumer;

/**
 * One change of the mode of a lease on its way between workers, timer and main loop (paxos-lease.md
 * 8, 20). Methods run on the main loop.
 */
public final class Conversion {
  private final Seams seams;
  private final Resource resource;
  private final boolean toShared;
  private final IntConsumer done;
  private final LeaseLog log;
  private final Parking parking;
  private final PaxosConvert convert;

  Conversion(
      Seams seams,
      Resource resource,
      boolean toShared,
      boolean ownerNoWait,
      Cancellation cancelled,
      IntConsumer done) {
    this.seams = seams;
    this.resource = resource;
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
      log.debug("converted " + resource.name() + " lver " + resource.lver());
      done.accept(0);
    } else if (outcome instanceof ConvertOutcome.Refused refused) {
      resource.notConverted(refused);
      log.error("convert " + resource.name() + " " + refused.result() + " " + refused.message());
      done.accept(refused.result());
    }
  }
}
