package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.OpenLease;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.EventKind;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Gives leases back on disk, or forgets them (paxos-lease.md 17, 18, 23). A resource whose release
 * is not certainly finished, including every write that timed out, stays blocked (H5). No release
 * begins for a lockspace that fails or is being removed: others take its leases when our host_id is
 * free or dead. One that has begun goes on; its late writes are repaired by whoever takes the
 * lease, except that of the value block, see {@link Resources#settle}. Main loop only.
 */
final class Releases {
  private final Seams seams;
  private final ResourceTable table;

  Releases(Seams seams, ResourceTable table) {
    this.seams = seams;
    this.table = table;
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
    Task task =
        new Task(resource.holding(), resource.onlySharedOnDisk(), rename, !resource.shared(), true);
    write(resource, task, urgency, done);
  }

  /** Takes back what an acquire that failed has proposed. */
  void withdraw(Resource resource, Holding proposed, IntConsumer done) {
    resource.state(Resource.State.REM);
    Task task = new Task(proposed, false, Optional.empty(), false, false);
    write(resource, task, Urgency.REQUESTED, done);
  }

  private record Written(PaxosRelease.Outcome outcome, boolean settled) {}

  /**
   * One release on disk.
   *
   * @param holding what is given up
   * @param onlyShared whether only our shared flag is taken back
   * @param rename new name of the resource, if it gets one
   * @param valueDue whether the value block is to be written, if it was changed
   * @param held whether it is more than a proposal
   */
  private record Task(
      Holding holding,
      boolean onlyShared,
      Optional<LeaseName> rename,
      boolean valueDue,
      boolean held) {
    /** What a repetition has to do after an attempt whose outcome is not certain. */
    Task again(boolean nothingGivenUp) {
      if (onlyShared || nothingGivenUp) {
        return this;
      }
      // The leader may be free already: only "are we its owner and writer" counts from now on. A
      // value written again now could replace the one of the next owner.
      return new Task(new Holding(holding.dblock(), Optional.empty()), false, rename, false, held);
    }
  }

  private void write(Resource resource, Task task, Urgency urgency, IntConsumer done) {
    OpenLease open = resource.open();
    LeaseLog log = seams.log(resource);
    PaxosRelease release = seams.context(resource, Cancellation.NEVER).release();
    ReleaseOptions options =
        new ReleaseOptions(
            task.rename(), task.valueDue() ? resource.leaveValue() : Optional.empty());
    Supplier<Written> work =
        () -> {
          PaxosRelease.Outcome outcome =
              task.onlyShared()
                  ? release.shared(task.holding().dblock())
                  : release.exclusive(task.holding(), options);
          return new Written(outcome, open.replicas().settled());
        };
    Consumer<Written> then =
        written -> {
          PaxosRelease.Outcome outcome = written.outcome();
          if (task.held()) {
            seams.tell(EventKind.RELEASED, resource, Math.min(0, outcome.result()), 0, 0);
          }
          if (outcome.result() < 0) {
            log.error(
                "release " + resource.name() + " " + outcome.result() + " " + outcome.message());
          } else {
            log.debug("released " + resource.name());
          }
          if (outcome.again() || !written.settled()) {
            resource.releasing(true);
            repeatLater(resource, task.again(outcome.nothingGivenUp()), 1);
          } else {
            forget(resource);
          }
          done.accept(outcome.result() == ResultCode.OK.number() ? 0 : outcome.result());
        };
    if (urgency == Urgency.REQUESTED) {
      seams.workers().run(work, then);
    } else {
      seams.workers().runInBackground(work, then);
    }
  }

  /**
   * Repeats a release whose outcome is not certain, once its writes have settled. When the
   * lockspace fails meanwhile, it ends at once unless a write is still under way.
   */
  private void repeatLater(Resource resource, Task task, int timeoutFactor) {
    Lockspace lockspace = resource.lockspace();
    Parking parking = new Parking(seams.workers());
    Runnable waker = parking::wake;
    lockspace.addClosingListener(waker);
    parking.park(
        timeoutFactor * lockspace.times().ioTimeoutNanos(),
        () -> {
          lockspace.removeClosingListener(waker);
          if (!resource.open().replicas().settled()) {
            repeatLater(resource, task, 2);
          } else if (!lockspace.usable()) {
            forget(resource);
          } else {
            write(resource, task, Urgency.BACKGROUND, result -> {});
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
    seams
        .workers()
        .later(resource.lockspace().times().ioTimeoutNanos(), () -> dropWithoutIo(resource));
  }

  private void forget(Resource resource) {
    OpenLease open = resource.open();
    resource.open(null);
    table.retire(resource);
    if (open != null) {
      // Closing the last descriptor of a device or of a file on a network may wait.
      seams
          .workers()
          .runInBackground(
              () -> {
                open.close();
                return true;
              },
              closed -> {});
    }
  }
}
