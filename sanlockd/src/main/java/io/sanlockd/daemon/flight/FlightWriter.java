package io.sanlockd.daemon.flight;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.TimeUnit;

/**
 * The work of the flight thread: writes events to the file and flushes it. When that fails it says
 * so once in the log, counts what can not be kept, and tries again after a minute.
 */
final class FlightWriter {
  private static final int BATCH = 256;
  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final FlightSettings settings;
  private final EventQueue queue;
  private final Clock clock;
  private final LeaseLog log;
  private final long startNanos;
  private FlightFile file;
  private FlightLife life;
  private String complaint = "";
  private boolean tried;
  private long retryNanos;
  private long takenCount;
  private boolean dirty;
  private boolean urgent;
  private long flushNanos;

  /**
   * A writer that has not opened the file.
   *
   * @param startNanos when this life of the daemon began
   */
  FlightWriter(
      FlightSettings settings, EventQueue queue, Clock clock, long startNanos, LeaseLog log) {
    this.startNanos = startNanos;
    this.settings = settings;
    this.queue = queue;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Writes what waits, up to a limit, and flushes when that is due.
   *
   * @return whether there may be more
   */
  boolean turn() {
    openIfDue();
    int count = 0;
    EventQueue.Slot slot = queue.peek();
    while (slot != null && count < BATCH) {
      keep(slot);
      queue.taken();
      takenCount++;
      count++;
      slot = queue.peek();
    }
    if (slot == null) {
      keepLost();
    }
    flushIfDue();
    return slot != null;
  }

  /** How many events were taken from the queue. */
  long takenCount() {
    return takenCount;
  }

  private void openIfDue() {
    if (file != null || (tried && clock.nanos() < retryNanos)) {
      return;
    }
    tried = true;
    try {
      file = FlightFile.open(settings.file(), settings.kilobytes());
      complaint = "";
      if (life == null) {
        life =
            new FlightLife(
                file.nextSequence(), wallMillis(startNanos), settings.boot(), settings.pid());
        append(EventKind.STARTED, startNanos, LeaseName.EMPTY, settings.hostName(), 0, 0, 0);
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void keep(EventQueue.Slot slot) {
    if (file == null) {
      queue.addLost(1);
      return;
    }
    try {
      append(slot.kind, slot.nanos, slot.lockspace, slot.subject, slot.a, slot.b, slot.c);
    } catch (IOException e) {
      queue.addLost(1);
      fail(e);
    }
  }

  private void keepLost() {
    long lost = file == null ? 0 : queue.takeLost();
    if (lost == 0) {
      return;
    }
    try {
      append(EventKind.RECORDS_LOST, clock.nanos(), LeaseName.EMPTY, "", lost, 0, 0);
    } catch (IOException e) {
      queue.addLost(lost);
      fail(e);
    }
  }

  private void append(
      EventKind kind, long nanos, LeaseName lockspace, Object subject, long a, long b, long c)
      throws IOException {
    file.append(
        kind.ring(),
        new FlightRecord(
            file.nextSequence(),
            life,
            kind.number(),
            wallMillis(nanos),
            nanos,
            clock.suspendedNanos(),
            lockspace,
            subject.toString(),
            false,
            a,
            b,
            c));
    dirty = true;
    urgent |= kind.urgent();
  }

  /** What the wall clock showed then, if nobody has set it since. */
  private long wallMillis(long nanos) {
    return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(clock.nanos() - nanos);
  }

  private void flushIfDue() {
    long now = clock.nanos();
    if (file == null || !dirty || (!urgent && now < flushNanos)) {
      return;
    }
    try {
      file.flush();
      dirty = false;
      urgent = false;
      flushNanos = now + FLUSH_NANOS;
    } catch (IOException e) {
      fail(e);
    }
  }

  /** The daemon goes on without; the reason is told when it is a new one. */
  private void fail(IOException e) {
    retryNanos = clock.nanos() + RETRY_NANOS;
    closeFile();
    // Those of the file system tell nothing but a path in their message.
    String reason = e instanceof FileSystemException ? e.toString() : e.getMessage();
    if (!reason.equals(complaint)) {
      complaint = reason;
      log.warning(
          "flight record " + settings.file() + ": " + reason + "; trying again every minute");
    }
  }

  private void closeFile() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        log.debug("flight record: close: " + e.getMessage());
      }
      file = null;
    }
  }

  /** Flushes and closes. */
  void close() {
    flushNanos = 0;
    urgent = true;
    flushIfDue();
    closeFile();
  }
}
