package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.model.ResultCode;
import java.util.function.Consumer;

/**
 * One acquire of one lease on its way between workers, timer and main loop (paxos-lease.md 16).
 * Methods run on the main loop unless they say otherwise.
 */
final class Acquisition {
  private final Seams seams;
  private final Releases releases;
  private final Token token;
  private final Resource resource;
  private final LeaseRequest request;
  private final Cancellation cancelled;
  private final Consumer<Acquired> done;
  private final PaxosIdentity identity;
  private final LeaseLog log;
  private int contentionRetries;
  private PaxosAcquire acquire;

  /**
   * What every acquire works with.
   *
   * @param sharedRetries how often a shared acquire is repeated when it meets another one
   */
  record Seams(
      Workers workers, DiskOpener opener, Clock clock, Randomness randomness, int sharedRetries) {}

  Acquisition(
      Seams seams,
      Releases releases,
      Token token,
      LeaseRequest request,
      Cancellation cancelled,
      LeaseLog log,
      Consumer<Acquired> done) {
    this.seams = seams;
    this.releases = releases;
    this.token = token;
    this.resource = token.resource();
    this.request = request;
    this.cancelled = cancelled;
    this.done = done;
    this.log = log;
    Lockspace lockspace = resource.lockspace();
    this.identity =
        new PaxosIdentity(
            request.space(),
            request.name(),
            lockspace.spec().hostId(),
            lockspace.membership().generation(),
            lockspace.times());
  }

  void start() {
    if (!seams.workers.offer(this::openDisks, this::opened)) {
      log.error("acquire " + resource.name() + ": too many requests are waiting for a worker");
      end(ResultCode.ENOMEM.number());
    }
  }

  /** On a worker. */
  private Object openDisks() {
    try {
      return OpenLease.open(identity, request.disks(), seams.opener);
    } catch (LeaseException e) {
      return e;
    }
  }

  private void opened(Object result) {
    if (result instanceof LeaseException e) {
      log.error("acquire " + resource.name() + ": " + e.getMessage());
      end(e.result());
      return;
    }
    resource.open((OpenLease) result);
    begin();
  }

  private void begin() {
    acquire =
        new PaxosAcquire(
            new PaxosContext(
                identity,
                resource.open().replicas(),
                resource.lockspace().membership(),
                resource.memory(),
                seams.clock,
                seams.randomness,
                cancelled,
                log),
            request.acquire());
    advance();
  }

  private void advance() {
    seams.workers.run(acquire::advance, this::advanced);
  }

  private void advanced(PaxosAcquire.Step step) {
    if (step instanceof PaxosAcquire.Step.Wait wait) {
      seams.workers.later(wait.nanos(), this::advance);
    } else if (step instanceof PaxosAcquire.Step.Done end) {
      if (end.outcome() instanceof AcquireOutcome.Granted granted) {
        granted(granted);
      } else if (end.outcome() instanceof AcquireOutcome.Refused refused) {
        refused(refused);
      }
    }
  }

  private void granted(AcquireOutcome.Granted outcome) {
    resource.granted(outcome.leader(), outcome.dblock(), resource.open().replicas().geometry());
    if (!resource.shared()) {
      resource.ownerPid(token.pid());
    }
    log.debug("acquired " + resource.name() + " lver " + resource.lver());
    done.accept(Acquired.granted(token));
  }

  private void refused(AcquireOutcome.Refused outcome) {
    log.debug("acquire " + resource.name() + " " + outcome.result() + " " + outcome.message());
    if (outcome.undo().isEmpty() && shouldRetry(outcome)) {
      contentionRetries++;
      seams.workers.later(1 + seams.randomness.below(Clock.SECOND_NANOS), this::begin);
      return;
    }
    int result = finalResult(outcome);
    if (outcome.undo().isEmpty() || !resource.lockspace().usable()) {
      end(result);
    } else {
      withdraw(outcome.undo().get(), result);
    }
  }

  /** Nothing was written that must be taken back. */
  private void end(int result) {
    resource.tokens().clear();
    releases.dropWithoutIo(resource);
    done.accept(Acquired.refused(result));
  }

  /** Others may still make us the owner of what we proposed: give it up on disk. */
  private void withdraw(Holding proposed, int result) {
    resource.tokens().clear();
    releases.withdraw(resource, proposed, ignored -> done.accept(Acquired.refused(result)));
  }

  /** A moment's contention: a shared join by another host, or a race that is already over. */
  private boolean shouldRetry(AcquireOutcome.Refused outcome) {
    boolean shared = request.acquire().shared();
    return outcome.momentary(shared) && contentionRetries < (shared ? seams.sharedRetries : 1);
  }

  private int finalResult(AcquireOutcome.Refused outcome) {
    boolean exhausted =
        request.acquire().shared()
            && contentionRetries > 0
            && contentionRetries >= seams.sharedRetries;
    return exhausted ? ResultCode.ACQUIRE_SHRETRY.number() : outcome.result();
  }
}
