package io.sanlockd.sim;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.BallotMemory;
import io.sanlockd.lease.paxos.ConvertOutcome;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.LeaseReplicas;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosConvert;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.lease.paxos.Replica;
import io.sanlockd.model.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lease of a duel in the hands of the production code, with what the resource manager adds to
 * it: what a failed acquire or conversion has left is given up. No I/O outlasts its limit here, so
 * nothing has to be waited for (H5).
 */
final class OurDuelLease implements DuelLease {
  private final World world;
  private final PaxosContext context;
  private Optional<AcquireOutcome.Granted> held = Optional.empty();
  private boolean shared;

  /** What a failed conversion has left of an exclusive hold. */
  private Optional<Holding> surplus = Optional.empty();

  OurDuelLease(World world, Machine machine) {
    this.world = world;
    PaxosIdentity identity =
        new PaxosIdentity(
            Names.SPACE,
            Names.resource(0),
            machine.hostId(),
            DuelLease.GENERATION,
            DuelLease.TIMES);
    List<Replica> replicas = new ArrayList<>();
    for (int disk = 0; disk < world.disks(); disk++) {
      replicas.add(new Replica(disk, world.openDisk(machine, disk), 0));
    }
    this.context =
        new PaxosContext(
            identity,
            new LeaseReplicas(identity, replicas, replicas.size()),
            DuelLease.ALL_ALIVE,
            new BallotMemory(),
            machine::clockNanos,
            world.chance()::below,
            Cancellation.NEVER,
            world.tracing() ? new TraceLog(world, machine, "") : LeaseLog.NONE);
  }

  @Override
  public String acquire(boolean wantsShared) {
    PaxosAcquire acquire = new PaxosAcquire(context, new AcquireRequest(wantsShared, 0, 0, false));
    PaxosAcquire.Step step = acquire.advance();
    while (step instanceof PaxosAcquire.Step.Wait wait) {
      world.sleep(wait.nanos());
      step = acquire.advance();
    }
    AcquireOutcome outcome = ((PaxosAcquire.Step.Done) step).outcome();
    if (outcome instanceof AcquireOutcome.Granted granted) {
      held = Optional.of(granted);
      shared = wantsShared;
      return "granted lver " + granted.leader().lver();
    }
    AcquireOutcome.Refused refused = (AcquireOutcome.Refused) outcome;
    refused.undo().ifPresent(this::giveUp);
    return refused.message() + (refused.undo().isPresent() ? ", withdrawn" : "");
  }

  private String giveUp(Holding holding) {
    return ended(context.release().exclusive(holding, ReleaseOptions.PLAIN));
  }

  private static String ended(PaxosRelease.Outcome outcome) {
    Check.state(!outcome.again(), "an I/O took longer than it may");
    return outcome.result() < 0 ? outcome.message() : "released";
  }

  @Override
  public boolean held() {
    return held.isPresent();
  }

  @Override
  public boolean shared() {
    return shared;
  }

  @Override
  public long lver() {
    return held.orElseThrow().leader().lver();
  }

  @Override
  public boolean converts() {
    return true;
  }

  @Override
  public String convert(boolean toShared) {
    AcquireOutcome.Granted before = held.orElseThrow();
    PaxosConvert convert =
        toShared
            ? PaxosConvert.toShared(context, before, Optional.empty())
            : PaxosConvert.toExclusive(context, before, false);
    PaxosConvert.Step step = convert.advance();
    while (step instanceof PaxosConvert.Step.Wait wait) {
      world.sleep(wait.nanos());
      step = convert.advance();
    }
    ConvertOutcome outcome = ((PaxosConvert.Step.Done) step).outcome();
    if (outcome instanceof ConvertOutcome.Converted done) {
      held = Optional.of(new AcquireOutcome.Granted(done.leader(), done.dblock()));
      shared = toShared;
      return "done";
    }
    ConvertOutcome.Refused refused = (ConvertOutcome.Refused) outcome;
    held = Optional.of(new AcquireOutcome.Granted(before.leader(), refused.dblock()));
    shared = refused.shared();
    surplus = refused.undo();
    return refused.message();
  }

  @Override
  public String release() {
    AcquireOutcome.Granted last = held.orElseThrow();
    Optional<Holding> exclusive =
        surplus.or(
            () ->
                shared
                    ? Optional.empty()
                    : Optional.of(new Holding(last.dblock(), Optional.of(last.leader()))));
    held = Optional.empty();
    surplus = Optional.empty();
    return exclusive
        .map(this::giveUp)
        .orElseGet(() -> ended(context.release().shared(last.dblock())));
  }
}
