package io.sanlockd.daemon.flight;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes events from all threads and has a thread of its own write them. Until {@link #start} they
 * wait in memory. Thread-safe.
 */
public final class FlightRecorder implements DaemonEvents {
  /** Events that wait to be written; half a second of the busiest daemon. */
  private static final int QUEUE_LENGTH = 4096;

  /** What is not urgent wakes the thread only so often; otherwise it looks once a second. */
  private static final int WAKE_EVERY = 256;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final EventQueue queue = new EventQueue(QUEUE_LENGTH);
  private final Clock clock;
  private final long startNanos;
  private volatile Thread thread;
  private volatile boolean off;
  private volatile long written;
  private volatile boolean closing;

  /** A recorder that has not started; this life of the daemon begins now. */
  public FlightRecorder(Clock clock) {
    this.clock = clock;
    this.startNanos = clock.nanos();
  }

  /** Nothing is recorded: events are forgotten from now on. */
  public void turnOff() {
    off = true;
  }

  /**
   * Opens the file and writes, on a thread of its own, until {@link #close}. Whatever becomes of
   * the file, the daemon goes on.
   */
  public void start(FlightSettings settings, LeaseLog log) {
    FlightWriter writer = writer(settings, log);
    Thread started = new Thread(() -> run(writer, log), "flight");
    started.setDaemon(true);
    thread = started;
    started.start();
  }

  /** What the thread does, for one that does it step by step. */
  FlightWriter writer(FlightSettings settings, LeaseLog log) {
    return new FlightWriter(settings, queue, clock, startNanos, log);
  }

  /** A bug in what only keeps a record must not end the daemon, which would reset the host. */
  private void run(FlightWriter writer, LeaseLog log) {
    try {
      writeUntilClosed(writer);
    } catch (RuntimeException e) {
      turnOff();
      log.error("the flight record ends after an internal error: " + e);
    }
  }

  private void writeUntilClosed(FlightWriter writer) {
    boolean last;
    do {
      last = closing;
      boolean more = writer.turn();
      written = writer.takenCount();
      if (more) {
        last = false;
      } else if (!last) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } while (!last);
    writer.close();
  }

  @Override
  public void happened(
      EventKind kind, LeaseName lockspace, Object subject, long a, long b, long c) {
    if (off) {
      return;
    }
    long number = queue.put(kind, clock.nanos(), lockspace, subject, a, b, c);
    if (kind.urgent() || number % WAKE_EVERY == 0) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits until all that has happened so far was given to the kernel, from where it reaches the
   * disk also when this process ends; not longer than a time.
   */
  public void awaitWritten(long millis) {
    long upTo = queue.putCount();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!off && thread != null && written < upTo && System.nanoTime() - deadline < 0) {
      LockSupport.unpark(thread);
      LockSupport.parkNanos(CHECK_NANOS);
    }
  }

  /** Ends the thread when it has written everything; waits for that, but not longer than a time. */
  public void close(long millis) {
    closing = true;
    Thread ending = thread;
    if (ending != null) {
      LockSupport.unpark(ending);
      try {
        ending.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
