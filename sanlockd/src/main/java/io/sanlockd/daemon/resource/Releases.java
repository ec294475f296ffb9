package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Gives leases back on disk, or forgets them (paxos-lease.md 17, 18, 23). A resource whose release
 * is not certainly finished, including every write that timed out, stays blocked (H5). Nothing is
 * written for a lockspace that fails or is being removed: others take its leases when our host_id
 * is free or dead. Main loop only.
 */
final class Releases {
  private final Workers workers;
  private final ResourceTable table;
  private final Clock clock;
  private final Function<String, LeaseLog> logs;

  Releases(Workers workers, ResourceTable table, Clock clock, Function<String, LeaseLog> logs) {
    this.workers = workers;
    this.table = table;
    this.clock = clock;
    this.logs = logs;
  }

  /** Who waits for a release. */
  enum Urgency {
    /** A client. */
    REQUESTED,
    /** Nobody. */
    BACKGROUND
  }

  /**
   * Gives a lease back that no process uses any more.
   *
   * @param rename new name of the resource, if it gets one
   * @param done gets 0 or the negative result number
   */
  void giveBack(Resource resource, Optional<LeaseName> rename, Urgency urgency, IntConsumer done) {
    if (resource.leader().isEmpty() || !resource.lockspace().usable()) {
      dropWithoutIo(resource);
      done.accept(0);
      return;
    }
    resource.state(Resource.State.REM);
    resource.releasing(urgency == Urgency.BACKGROUND);
    Holding holding = new Holding(resource.dblock().orElseThrow(), resource.leader());
    write(resource, holding, rename, urgency, done);
  }

  /** Takes back what an acquire that failed has proposed. */
  void withdraw(Resource resource, Holding proposed, IntConsumer done) {
    resource.state(Resource.State.REM);
    write(resource, proposed, Optional.empty(), Urgency.REQUESTED, done);
  }

  private record Written(PaxosRelease.Outcome outcome, boolean settled) {}

  private void write(
      Resource resource,
      Holding holding,
      Optional<LeaseName> rename,
      Urgency urgency,
      IntConsumer done) {
    OpenLease open = resource.open();
    LeaseLog log = logs.apply(resource.lockspace() + ":" + resource + " ");
    boolean shared = resource.shared() && resource.dblock().isPresent();
    Supplier<Written> work =
        () -> {
          PaxosRelease release =
              new PaxosRelease(open.identity(), open.replicas(), resource.memory(), clock, log);
          PaxosRelease.Outcome outcome =
              shared
                  ? release.shared(holding.dblock())
                  : release.exclusive(holding, new ReleaseOptions(rename, Optional.empty()));
          return new Written(outcome, open.replicas().settled());
        };
    Consumer<Written> then =
        written -> {
          PaxosRelease.Outcome outcome = written.outcome();
          if (outcome.result() < 0) {
            log.error(
                "release " + resource.name() + " " + outcome.result() + " " + outcome.message());
          } else {
            log.debug("released " + resource.name());
          }
          if (outcome.again() || !written.settled()) {
            resource.releasing(true);
            repeatLater(resource, holding, rename, 1);
          } else {
            forget(resource);
          }
          done.accept(outcome.result() == ResultCode.OK.number() ? 0 : outcome.result());
        };
    if (urgency == Urgency.REQUESTED) {
      workers.run(work, then);
    } else {
      workers.runInBackground(work, then);
    }
  }

  /** Repeats a release whose outcome is not certain, once its writes have settled. */
  private void repeatLater(
      Resource resource, Holding holding, Optional<LeaseName> rename, int timeoutFactor) {
    workers.later(
        timeoutFactor * resource.lockspace().times().ioTimeoutNanos(),
        () -> {
          if (!resource.open().replicas().settled()) {
            repeatLater(resource, holding, rename, 2);
          } else if (!resource.lockspace().usable()) {
            forget(resource);
          } else {
            write(resource, holding, rename, Urgency.BACKGROUND, result -> {});
          }
        });
  }

  /** Nothing is left to do on disk, but a late write of ours may still be under way. */
  void dropWithoutIo(Resource resource) {
    if (resource.open() == null || resource.open().replicas().settled()) {
      forget(resource);
      return;
    }
    resource.state(Resource.State.REM);
    workers.later(resource.lockspace().times().ioTimeoutNanos(), () -> dropWithoutIo(resource));
  }

  private void forget(Resource resource) {
    OpenLease open = resource.open();
    resource.open(null);
    table.retire(resource);
    if (open != null) {
      // Closing the last descriptor of a device or of a file on a network may wait.
      workers.runInBackground(
          () -> {
            open.close();
            return true;
          },
          closed -> {});
    }
  }
}
