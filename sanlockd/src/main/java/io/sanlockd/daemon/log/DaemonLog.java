package io.sanlockd.daemon.log;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.posix.Syslog;
import io.sanlockd.posix.Threads;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The daemon's log. A message goes to the memory ring at once and to file, syslog and stderr
 * through a bounded queue and a thread of its own, so that a full disk or a stopped terminal never
 * delays whoever logs. When the queue is full messages are counted instead. Thread-safe.
 */
public final class DaemonLog implements AutoCloseable {
  private static final int QUEUE_LENGTH = 4096;
  private static final int LINE_LIMIT = 509;
  private static final long CLOSE_SECONDS = 2;

  /**
   * What the writer lets gather before it looks again, except for errors and warnings: to wake it
   * for each line would cost whoever logs more than the line.
   */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Behind every syslog level. */
  private static final int IN_MEMORY_ONLY = 8;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final LogSettings settings;
  private final int namesLevel;
  private final Clock clock;
  private final DaemonEvents events;
  private final ZoneId zone;
  private final LogRing ring = new LogRing();
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private final PrintStream stderr;
  private final Optional<LogFile> file;
  private final Syslog syslog;
  private volatile boolean closing;

  /** A line and its syslog level. */
  private record Entry(int level, String line) {}

  /**
   * Opens the log file, silently without one when that fails, and starts the writer thread.
   *
   * @param events hears of warnings and errors
   */
  public DaemonLog(LogSettings settings, Clock clock, PrintStream stderr, DaemonEvents events) {
    this.events = events;
    this.settings = settings;
    this.namesLevel = settings.namesPriority() < 0 ? IN_MEMORY_ONLY : settings.namesPriority();
    this.clock = clock;
    this.stderr = stderr;
    this.zone = settings.utc() ? ZoneOffset.UTC : ZoneId.systemDefault();
    this.file =
        settings.filePriority() < 0
            ? Optional.empty()
            : Optional.of(new LogFile(settings.file(), clock));
    this.syslog = new Syslog("sanlock");
    this.writer = new Thread(this::write, "log");
    writer.setDaemon(true);
    writer.start();
  }

  /** A log whose lines start with {@code prefix}. */
  public LeaseLog prefixed(String prefix) {
    return new LeaseLog() {
      @Override
      public void error(String message) {
        log(Level.ERROR, prefix + message);
      }

      @Override
      public void warning(String message) {
        log(Level.WARNING, prefix + message);
      }

      @Override
      public void debug(String message) {
        log(Level.DEBUG, prefix + message);
      }

      @Override
      public void names(String message) {
        log(namesLevel, prefix + message);
      }

      @Override
      public boolean wants(LogDetail detail) {
        return settings.details().contains(detail);
      }
    };
  }

  /** Logs one message. Never blocks. */
  public void log(Level level, String message) {
    if (level != Level.DEBUG) {
      EventKind kind = level == Level.ERROR ? EventKind.LOG_ERROR : EventKind.LOG_WARNING;
      events.happened(kind, LeaseName.EMPTY, message, 0, 0, 0);
    }
    log(level.number(), message);
  }

  private void log(int level, String message) {
    String line =
        TIME.format(Instant.now().atZone(zone))
            + " "
            + clock.seconds()
            + " ["
            + Threads.tid()
            + "]: "
            + onOneLine(message);
    if (line.length() > LINE_LIMIT) {
      line = line.substring(0, LINE_LIMIT);
    }
    ring.append(line + "\n");
    if (wanted(level) && !queue.offer(new Entry(level, line))) {
      dropped.incrementAndGet();
    }
    if (level <= Level.WARNING.number()) {
      LockSupport.unpark(writer);
    }
  }

  /** Names and paths come from clients: they must not be able to forge lines. */
  private static String onOneLine(String message) {
    return message.indexOf('\n') < 0 && message.indexOf('\r') < 0
        ? message
        : message.replace('\n', '?').replace('\r', '?');
  }

  private boolean wanted(int level) {
    return settings.stderr()
        || level <= settings.filePriority()
        || level <= settings.syslogPriority();
  }

  /** All text in memory, oldest first. */
  public LogText dump() {
    return ring.dump();
  }

  private void write() {
    try {
      while (!closing || !queue.isEmpty()) {
        Entry entry = queue.poll(100, TimeUnit.MILLISECONDS);
        if (entry != null) {
          writeTo(entry);
        }
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          writeTo(new Entry(Level.ERROR.number(), "dropped " + lost + " entries"));
        }
        if (entry != null && queue.isEmpty()) {
          LockSupport.parkNanos(GATHER_NANOS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeTo(Entry entry) {
    byte[] bytes = (entry.line + "\n").getBytes(StandardCharsets.ISO_8859_1);
    if (settings.stderr()) {
      stderr.write(bytes, 0, bytes.length);
      stderr.flush();
    }
    if (entry.level <= settings.filePriority() && file.orElseThrow().write(bytes) < 0) {
      // A full disk must not stop the daemon; the ring still has the message.
      ring.append(entry.line + " (not written to the log file)\n");
    }
    if (entry.level <= settings.syslogPriority()) {
      syslog.send(entry.level, entry.line);
    }
  }

  /** Writes what is queued, for at most two seconds, and stops. */
  @Override
  public void close() {
    closing = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      if (!writer.isAlive()) {
        file.ifPresent(LogFile::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    syslog.close();
  }
}
