package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stands for election as long as it is open: takes the lease whenever it can be had, and while it
 * is held lets the {@link Candidate} lead. Of all candidates, on all hosts, one leads at a time.
 *
 * <p>A thread of its own does all this. The leadership ends when {@link Candidate#lead} returns,
 * and only then is the lease given back: a leader that lost the lease is interrupted and told by
 * {@link Lease#isHeld}, but nobody can make it stop. What it writes to should check the token.
 */
public final class LeaderElection implements AutoCloseable {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final Duration AFTER_RESIGNATION = Duration.ofSeconds(5);
  private static final RetryPolicy AFTER_FAILURE =
      RetryPolicy.backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final LeaseRequest request;
  private final Candidate candidate;
  private final Thread thread;
  private final Object leading = new Object();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile Lease leadership;

  /** Who wants to lead. Called on the thread of the election. */
  @FunctionalInterface
  public interface Candidate {
    /**
     * Leads. Returns to resign; the next election, in which this candidate takes part, follows
     * after five seconds, so that another one gets a chance. Must return soon after an interrupt,
     * which comes when the lease is lost or the election is closed.
     *
     * @param lease held at the beginning; not to be closed
     * @throws InterruptedException as a way to return
     */
    void lead(Lease lease) throws InterruptedException;

    /**
     * The lease could not be had because of an error, such as a missing daemon; it is tried again
     * after a pause. Does nothing.
     */
    default void failed(SanlockException error) {}
  }

  private LeaderElection(LeaseRequest request, Candidate candidate) {
    this.request = request.waitingFor(FOR_EVER);
    this.candidate = candidate;
    this.thread = Notifier.daemonThread("sanlock-leader-election", this::run);
  }

  /**
   * Begins to stand for election.
   *
   * @param request how to take the lease; it waits as long as it takes, whatever the request says
   */
  public static LeaderElection start(LeaseRequest request, Candidate candidate) {
    LeaderElection election = new LeaderElection(request, candidate);
    election.thread.start();
    return election;
  }

  /** The lease of the leadership, while this candidate leads and holds it. */
  public Optional<Lease> leadership() {
    return Optional.ofNullable(leadership).filter(Lease::isHeld);
  }

  private void run() {
    int failures = 0;
    while (!isClosed.get()) {
      try {
        leadOnce();
        failures = 0;
        pause(AFTER_RESIGNATION);
      } catch (SanlockException e) {
        failures++;
        tellFailure(e);
        pause(AFTER_FAILURE.pause(failures));
      } catch (InterruptedException e) {
        // By close(), or left over from a loss that came when the leader had just returned.
      }
    }
  }

  private void leadOnce() throws SanlockException, InterruptedException {
    try (Lease lease = request.acquire()) {
      leadership = lease;
      lease.whenLost().thenAccept(loss -> interruptLeader(lease));
      lead(lease);
    }
  }

  private void lead(Lease lease) {
    try {
      if (!isClosed.get()) {
        candidate.lead(lease);
      }
    } catch (InterruptedException e) {
      // As asked.
    } catch (RuntimeException e) {
      Notifier.LOG.log(System.Logger.Level.WARNING, "the leader failed and resigns", e);
    } finally {
      synchronized (leading) {
        leadership = null;
      }
      // The interrupt was for the leader, not for giving the lease back.
      boolean unused = Thread.interrupted();
    }
  }

  private void tellFailure(SanlockException failure) {
    try {
      candidate.failed(failure);
    } catch (RuntimeException e) {
      Notifier.LOG.log(System.Logger.Level.WARNING, "a candidate failed to hear a failure", e);
    }
  }

  private void interruptLeader(Lease lost) {
    synchronized (leading) {
      if (lost.equals(leadership)) {
        thread.interrupt();
      }
    }
  }

  private void pause(Duration time) {
    try {
      synchronized (isClosed) {
        if (!isClosed.get()) {
          isClosed.wait(Math.max(1, time.toMillis()));
        }
      }
    } catch (InterruptedException e) {
      // The loop looks whether it is closed.
    }
  }

  /**
   * Withdraws: interrupts a leader and waits until it has returned and the lease is given back.
   * When the waiting thread is interrupted it stops waiting; the rest goes on.
   */
  @Override
  public void close() {
    isClosed.set(true);
    synchronized (isClosed) {
      isClosed.notifyAll();
    }
    thread.interrupt();
    if (!thread.equals(Thread.currentThread())) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
