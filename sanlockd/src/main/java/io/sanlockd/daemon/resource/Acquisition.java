package io.sanlockd.daemon.resource;

import io.sanlockd.lease.Backoff;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.OpenLease;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.ValueBlock;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One acquire of one lease on its way between workers, timer and main loop (paxos-lease.md 16).
 * Methods run on the main loop unless they say otherwise.
 */
final class Acquisition {
  /**
   * Bounds of the waits for rivals. The C program waits up to a second each time; eight waits, as
   * many as it and we make by default, take about as long together.
   */
  private static final long FIRST_WAIT_NANOS = Clock.SECOND_NANOS / 16;

  private static final long LAST_WAIT_NANOS = 2 * Clock.SECOND_NANOS;

  private final Seams seams;
  private final Releases releases;
  private final Resource resource;
  private final LeaseRequest request;
  private final Cancellation cancelled;
  private final Consumer<Result> done;
  private final LeaseLog log;
  private final Parking parking;
  private final Backoff backoff;
  private int contentionRetries;
  private PaxosAcquire acquire;

  /**
   * How it ended.
   *
   * @param result 0, or the negative result number
   * @param obstacle the lease and its leader when another host has it
   */
  record Result(int result, Optional<Acquired.Obstacle> obstacle) {}

  /**
   * An acquire not begun.
   *
   * @param resource in state ADD
   * @param done gets the result; the resource is held then, or on its way out of the table
   */
  Acquisition(
      Seams seams,
      Releases releases,
      Resource resource,
      LeaseRequest request,
      Cancellation cancelled,
      Consumer<Result> done) {
    this.seams = seams;
    this.releases = releases;
    this.resource = resource;
    this.request = request;
    this.cancelled = cancelled;
    this.done = done;
    this.log = seams.log(resource);
    this.parking = new Parking(seams.workers());
    this.backoff = new Backoff(seams.randomness(), FIRST_WAIT_NANOS, LAST_WAIT_NANOS);
  }

  void start() {
    if (!seams.workers().offer(this::openDisks, this::opened)) {
      log.error("acquire " + resource.name() + ": too many requests are waiting for a worker");
      end(ResultCode.ENOMEM.number(), Optional.empty());
    }
  }

  /** There may be a reason to give up: looks now instead of when the wait is over. */
  void wake() {
    parking.wake();
  }

  /** On a worker. */
  private Object openDisks() {
    try {
      return OpenLease.open(resource.identity(), request.disks(), seams.opener());
    } catch (LeaseException e) {
      return e;
    }
  }

  private void opened(Object result) {
    if (result instanceof LeaseException e) {
      log.error("acquire " + resource.name() + ": " + e.getMessage());
      end(e.result(), Optional.empty());
      return;
    }
    resource.open((OpenLease) result);
    begin();
  }

  private void begin() {
    acquire = new PaxosAcquire(seams.context(resource, cancelled), request.acquire());
    advance();
  }

  private void advance() {
    seams.workers().run(acquire::advance, this::advanced);
  }

  private void advanced(PaxosAcquire.Step step) {
    if (step instanceof PaxosAcquire.Step.Wait wait) {
      parking.park(wait.nanos(), this::advance);
    } else if (step instanceof PaxosAcquire.Step.Done end) {
      seams.counts().ballots(acquire.ballots());
      if (end.outcome() instanceof AcquireOutcome.Granted granted) {
        if (request.valueBlock()) {
          seams.workers().run(this::readValue, value -> granted(granted, value));
        } else {
          granted(granted, Optional.empty());
        }
      } else if (end.outcome() instanceof AcquireOutcome.Refused refused) {
        refused(refused);
      }
    }
  }

  /**
   * On a worker. The lease is ours whether its value can be read or not; without room for a value
   * block there is none.
   */
  private Optional<byte[]> readValue() {
    ValueBlock block = new ValueBlock(resource.open().replicas());
    if (!block.supported()) {
      log.error("acquire " + resource.name() + ": its area has no room for a value block");
      return Optional.empty();
    }
    try {
      return Optional.of(block.read());
    } catch (LeaseException e) {
      log.error("acquire " + resource.name() + ": value block not read: " + e.getMessage());
      return Optional.of(new byte[resource.open().replicas().geometry().sectorSize()]);
    }
  }

  private void granted(AcquireOutcome.Granted outcome, Optional<byte[]> value) {
    resource.granted(outcome, resource.open().replicas().geometry(), value);
    log.debug("acquired " + resource.name() + " lver " + resource.lver());
    done.accept(new Result(0, Optional.empty()));
  }

  private void refused(AcquireOutcome.Refused outcome) {
    report(outcome);
    if (outcome.undo().isEmpty() && shouldRetry(outcome)) {
      contentionRetries++;
      seams.counts().acquireRepeated();
      parking.park(backoff.nextNanos(), this::begin);
      return;
    }
    int result = finalResult(outcome);
    Optional<Acquired.Obstacle> obstacle =
        outcome.leader().map(leader -> new Acquired.Obstacle(request, leader));
    if (outcome.undo().isEmpty() || !resource.lockspace().usable()) {
      end(result, obstacle);
    } else {
      withdraw(outcome.undo().get(), result, obstacle);
    }
  }

  /** That others have the lease is nothing special; that it could not be decided is. */
  private void report(AcquireOutcome.Refused outcome) {
    String text = "acquire " + resource.name() + " " + outcome.result() + " " + outcome.message();
    if (outcome.result() == ResultCode.EGENERIC.number()) {
      log.debug(text);
    } else if (outcome.leader().isPresent()) {
      log.contention(text);
    } else {
      log.error(text);
    }
  }

  /** Nothing was written that must be taken back. */
  private void end(int result, Optional<Acquired.Obstacle> obstacle) {
    resource.tokens().clear();
    releases.dropWithoutIo(resource);
    done.accept(new Result(result, obstacle));
  }

  /** Others may still make us the owner of what we proposed: give it up on disk. */
  private void withdraw(Holding proposed, int result, Optional<Acquired.Obstacle> obstacle) {
    resource.tokens().clear();
    releases.withdraw(resource, proposed, ignored -> done.accept(new Result(result, obstacle)));
  }

  /** A moment's contention: a shared join by another host, or a race that is already over. */
  private boolean shouldRetry(AcquireOutcome.Refused outcome) {
    boolean shared = request.acquire().shared();
    return outcome.momentary(shared)
        && contentionRetries < (shared ? seams.sharedRetries() : 1)
        && !cancelled.cancelled();
  }

  private int finalResult(AcquireOutcome.Refused outcome) {
    boolean exhausted =
        request.acquire().shared()
            && contentionRetries > 0
            && contentionRetries >= seams.sharedRetries();
    return exhausted ? ResultCode.ACQUIRE_SHRETRY.number() : outcome.result();
  }
}
