package io.sanlockd.client.lease;

import io.sanlockd.client.AcquireFlag;
import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.RestrictFlag;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.TransportException;
import io.sanlockd.client.WatchedConnection;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Takes one lease: a registered connection of its own, and attempts over it until one succeeds or
 * the time is over. The daemon is always asked not to wait for a silent owner, so that the waiting
 * is done here, where it can be ended.
 */
final class Acquirer {
  /** Refusals because of another holder or a lost race: the next attempt may do better. */
  private static final Set<Integer> WORTH_ANOTHER_TRY =
      Set.of(
          ResultCode.EAGAIN.number(),
          ResultCode.EBUSY.number(),
          ResultCode.EEXIST.number(),
          ResultCode.DBLOCK_LVER.number(),
          ResultCode.DBLOCK_MBAL.number(),
          ResultCode.ACQUIRE_IDLIVE.number(),
          ResultCode.ACQUIRE_OWNED.number(),
          ResultCode.ACQUIRE_OTHER.number(),
          ResultCode.ACQUIRE_SHRETRY.number(),
          ResultCode.ACQUIRE_OWNED_RETRY.number());

  private final Leases leases;
  private final Terms terms;
  private final long deadlineNanos;

  Acquirer(Leases leases, Terms terms) {
    this.leases = leases;
    this.terms = terms;
    this.deadlineNanos = System.nanoTime() + nanos(terms.wait);
  }

  /** A time that a clock can be added to. */
  static long nanos(Duration time) {
    // A century is for ever.
    Duration longest = Duration.ofDays(36_500);
    return (time.compareTo(longest) < 0 ? time : longest).toNanos();
  }

  Lease acquire() throws SanlockException, InterruptedException {
    leases.ensureOpen();
    try {
      return acquireOverNewConnection();
    } catch (SanlockException e) {
      if (Thread.interrupted()) {
        throw interrupted(e);
      }
      throw e;
    }
  }

  private Lease acquireOverNewConnection() throws SanlockException, InterruptedException {
    boolean namesOwner = leases.client().version().offersAcquire2();
    WatchedConnection connection = connect();
    boolean isTaken = false;
    try {
      RegisteredClient registered = RegisteredClient.register(connection);
      configure(registered);
      attemptUntilTaken(connection, registered, namesOwner);
      Lease lease = established(connection, registered);
      isTaken = true;
      return lease;
    } finally {
      if (!isTaken) {
        connection.close();
      }
    }
  }

  private static InterruptedException interrupted(SanlockException cause) {
    InterruptedException interrupted = new InterruptedException("while taking a lease");
    interrupted.initCause(cause);
    return interrupted;
  }

  private WatchedConnection connect() throws SanlockException {
    try {
      return leases.watcher().connect(leases.client().endpoint());
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.REGISTER);
    }
  }

  private void configure(RegisteredClient registered) throws SanlockException {
    if (terms.killpath.isPresent()) {
      KillProgram program = terms.killpath.get();
      registered.killpath(program.onWire(), program.appendPid());
    }
    RestrictFlag[] restriction = terms.signals.restriction();
    if (restriction.length > 0) {
      registered.restrict(restriction);
    }
  }

  private void attemptUntilTaken(
      WatchedConnection connection, RegisteredClient registered, boolean namesOwner)
      throws SanlockException, InterruptedException {
    int refusals = 0;
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while taking a lease");
      }
      try {
        attempt(registered, namesOwner);
        return;
      } catch (SanlockException e) {
        refusals++;
        long leftNanos = deadlineNanos - System.nanoTime();
        if (!WORTH_ANOTHER_TRY.contains(e.number())) {
          throw e;
        }
        if (leftNanos <= 0) {
          throw new LeaseUnavailableException(e, owners(e));
        }
        pause(connection, Math.min(leftNanos, nanos(terms.retry.pause(refusals))));
      }
    }
  }

  private void attempt(RegisteredClient registered, boolean namesOwner) throws SanlockException {
    Resource resource = terms.resource.onDisks(terms.mode);
    Options options = new Options(terms.ownerName, 0, 0);
    AcquireFlag[] flags =
        terms.hasValueBlock
            ? new AcquireFlag[] {AcquireFlag.OWNER_NOWAIT, AcquireFlag.VALUE_BLOCK}
            : new AcquireFlag[] {AcquireFlag.OWNER_NOWAIT};
    if (namesOwner) {
      registered.acquireOrNameOwner(resource, options, flags);
    } else {
      registered.acquire(List.of(resource), options, flags);
    }
  }

  /** Waits, but not longer than the daemon lives. */
  private void pause(WatchedConnection connection, long nanos)
      throws SanlockException, InterruptedException {
    if (connection.awaitEnd(nanos, TimeUnit.NANOSECONDS)) {
      throw new SanlockException(connection.endReason(), Command.ACQUIRE);
    }
  }

  private List<LeaseOwner> owners(SanlockException refusal) {
    if (refusal.owner().isPresent()) {
      return List.of(refusal.owner().get());
    }
    try {
      return leases.client().owners(terms.resource.onDisks(terms.mode));
    } catch (SanlockException e) {
      // The refusal stands without it.
      return List.of();
    }
  }

  /** The lease is ours; finds out in which version, and begins to watch it. */
  private Lease established(WatchedConnection connection, RegisteredClient registered)
      throws SanlockException {
    long askedNanos = System.nanoTime();
    Snapshot snapshot = Snapshot.take(leases.client());
    Lease lease = new Lease(leases, terms, connection, registered, askedNanos, snapshot);
    if (!lease.isHeld()) {
      lease.close();
      throw new SanlockException(reason(lease), Command.ACQUIRE);
    }
    leases.add(lease, terms.answersRequests);
    lease.watch();
    return lease;
  }

  private static int reason(Lease lease) {
    return lease
        .loss()
        .filter(loss -> loss.cause() == LeaseLoss.Cause.LOCKSPACE_FAILED)
        .map(loss -> ResultCode.ENOSPC.number())
        .orElse(ResultCode.ERROR.number());
  }
}
