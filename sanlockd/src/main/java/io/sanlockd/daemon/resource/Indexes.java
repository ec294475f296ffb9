package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.index.IndexAnswer;
import io.sanlockd.lease.index.IndexContext;
import io.sanlockd.lease.index.IndexOperation;
import io.sanlockd.lease.index.IndexRow;
import io.sanlockd.lease.paxos.BallotMemory;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Operations on resource indexes (rindex.md): one at a time in a lockspace of this daemon, and none
 * while it is being removed. Main loop only; the disk part runs on workers.
 */
public final class Indexes {
  /** Indexes of which ballots are remembered; what is forgotten is read from the disk again. */
  private static final int REMEMBERED = 256;

  private static final long WHOLE_DISK = Long.MAX_VALUE / 2;

  private final Seams seams;
  private final long initTimeoutNanos;
  private final Map<Key, BallotMemory> memories =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, BallotMemory> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Operations whose disk is open, until their last write has landed. */
  private final List<Job> jobs = new ArrayList<>();

  /** One index in one membership. */
  private record Key(Lockspace lockspace, DiskSpec place) {}

  Indexes(Seams seams, long initTimeoutNanos) {
    this.seams = seams;
    this.initTimeoutNanos = initTimeoutNanos;
  }

  /** Makes an operation for an open disk; on a worker. */
  @FunctionalInterface
  public interface Factory {
    /** The operation on the index at an offset. */
    IndexOperation create(IndexContext context, LeaseDisk disk, long offset);
  }

  /**
   * Runs an operation under the lockspace's lock.
   *
   * @param lockspace active
   * @param place where the index is
   * @param done gets the answer, which may come before the lock is free again
   */
  public void run(
      Lockspace lockspace, DiskSpec place, Factory factory, Consumer<IndexAnswer> done) {
    if (!lockspace.acceptsUse()) {
      done.accept(refusal(ResultCode.ENOSPC));
      return;
    }
    if (!lockspace.beginIndexOperation()) {
      done.accept(refusal(ResultCode.EBUSY));
      return;
    }
    BallotMemory memory =
        memories.computeIfAbsent(new Key(lockspace, place), key -> new BallotMemory());
    LeaseLog log = seams.logs().apply(lockspace + ":r1 ");
    Cancellation cancelled = () -> !lockspace.acceptsUse();
    IndexContext context =
        new IndexContext(
            lockspace.spec().name(),
            lockspace.spec().hostId(),
            lockspace.membership().generation(),
            lockspace.times(),
            initTimeoutNanos,
            lockspace.membership(),
            memory,
            seams.clock(),
            seams.randomness(),
            cancelled,
            log);
    Job job =
        new Job(
            context, Optional.of(lockspace), place, factory, done, lockspace::endIndexOperation);
    lockspace.addClosingListener(job.waker);
    job.onEnd = () -> lockspace.removeClosingListener(job.waker);
    job.start();
  }

  /** Runs an operation for whoever has made sure that nobody else uses the index. */
  public void runWithoutLockspace(
      LeaseName space, DiskSpec place, Factory factory, Consumer<IndexAnswer> done) {
    LeaseLog log = seams.logs().apply("r1 ");
    LeaseTimes times =
        new LeaseTimes(LeaseTimes.DEFAULT_IO_TIMEOUT, LeaseTimes.DEFAULT_FIRE_TIMEOUT);
    IndexContext context =
        IndexContext.withoutLockspace(space, times, initTimeoutNanos, seams.clock(), log);
    new Job(context, Optional.empty(), place, factory, done, () -> {}).start();
  }

  /** Whether no write made in this lockspace is in flight. */
  boolean settled(Lockspace lockspace) {
    return jobs.stream()
        .filter(job -> job.lockspace.filter(lockspace::equals).isPresent())
        .allMatch(Job::settled);
  }

  private static IndexAnswer refusal(ResultCode code) {
    return new IndexAnswer(code.number(), "", IndexRow.NONE);
  }

  /** One operation on its way between workers, timer and main loop. */
  private final class Job {
    private final IndexContext context;
    private final Optional<Lockspace> lockspace;
    private final DiskSpec place;
    private final Factory factory;
    private final Consumer<IndexAnswer> done;
    private final Runnable unlock;
    private final Parking parking = new Parking(seams.workers());
    private final Runnable waker = parking::wake;
    private Runnable onEnd = () -> {};
    private Opened opened;
    private boolean answered;

    Job(
        IndexContext context,
        Optional<Lockspace> lockspace,
        DiskSpec place,
        Factory factory,
        Consumer<IndexAnswer> done,
        Runnable unlock) {
      this.context = context;
      this.lockspace = lockspace;
      this.place = place;
      this.factory = factory;
      this.done = done;
      this.unlock = unlock;
    }

    void start() {
      if (!seams.workers().offer(this::open, this::opened)) {
        context.log().error("resource index: too many requests are waiting for a worker");
        end(refusal(ResultCode.ENOMEM));
      }
    }

    /** On a worker. */
    private Opened open() {
      try {
        LeaseDisk disk = seams.opener().open(place.path());
        return new Opened(disk, factory.create(context, disk, place.offset()), 0, "");
      } catch (LeaseException e) {
        return new Opened(null, null, e.result(), e.getMessage());
      }
    }

    private void opened(Opened result) {
      opened = result;
      if (result.disk() == null) {
        end(new IndexAnswer(result.failure(), result.message(), IndexRow.NONE));
      } else {
        jobs.add(this);
        advance();
      }
    }

    private boolean settled() {
      return opened.disk().settled(0, WHOLE_DISK);
    }

    private void advance() {
      seams.workers().run(opened.operation()::advance, this::advanced);
    }

    private void advanced(IndexOperation.Step step) {
      opened.operation().answer().ifPresent(this::answer);
      if (step instanceof IndexOperation.Step.Wait wait) {
        parking.park(wait.nanos(), this::advance);
      } else {
        end(opened.operation().answer().orElseThrow());
        closeWhenSettled();
      }
    }

    /** Until then its lockspace is not left. */
    private void closeWhenSettled() {
      LeaseDisk disk = opened.disk();
      if (!settled()) {
        seams.workers().later(Clock.SECOND_NANOS, this::closeWhenSettled);
        return;
      }
      jobs.remove(this);
      seams
          .workers()
          .runInBackground(
              () -> {
                disk.close();
                return true;
              },
              closed -> {});
    }

    private void end(IndexAnswer answer) {
      onEnd.run();
      unlock.run();
      answer(answer);
    }

    private void answer(IndexAnswer answer) {
      if (!answered) {
        answered = true;
        if (answer.result() < 0) {
          context.log().debug("resource index " + answer.result() + " " + answer.message());
        }
        done.accept(answer);
      }
    }
  }

  /** A disk and the operation on it, or why there is none. */
  private record Opened(LeaseDisk disk, IndexOperation operation, int failure, String message) {}
}
