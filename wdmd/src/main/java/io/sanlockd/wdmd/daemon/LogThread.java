package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Syslog;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The log: syslog and, in the foreground, standard error, through a bounded queue and a thread of
 * its own, so that neither delays whoever logs. When the queue is full messages are counted
 * instead.
 */
final class LogThread implements WdmdLog, AutoCloseable {
  private static final Charset CHARSET = StandardCharsets.ISO_8859_1;
  private static final int QUEUE_LENGTH = 4096;
  private static final int LINE_BYTES = 1024;
  private static final long CLOSE_MILLIS = 2000;

  private record Entry(long epochSeconds, String message) {}

  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);
  private final AtomicLong dropped = new AtomicLong();
  private final boolean toStderr;
  private final Thread writer = new Thread(this::write, "log");
  private final Syslog syslog = new Syslog("wdmd");
  private volatile boolean closing;

  /**
   * Starts the thread.
   *
   * @param toStderr whether standard error gets every line, too
   */
  LogThread(boolean toStderr) {
    this.toStderr = toStderr;
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void log(String message) {
    String line = message.replace('\n', '?').replace('\r', '?');
    String cut = line.length() > LINE_BYTES ? line.substring(0, LINE_BYTES) : line;
    if (!queue.offer(new Entry(System.currentTimeMillis() / 1000, cut))) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    try {
      while (!closing || !queue.isEmpty()) {
        Entry entry = queue.poll(100, TimeUnit.MILLISECONDS);
        if (entry != null) {
          write(entry);
        }
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          write(new Entry(System.currentTimeMillis() / 1000, "dropped " + lost + " entries"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Entry entry) {
    if (toStderr) {
      byte[] bytes = (entry.epochSeconds + " " + entry.message + "\n").getBytes(CHARSET);
      System.err.write(bytes, 0, bytes.length);
      System.err.flush();
    }
    syslog.send(Syslog.ERROR, entry.message);
  }

  /** Writes what is queued, for at most two seconds, and stops. */
  @Override
  public void close() {
    closing = true;
    try {
      writer.join(CLOSE_MILLIS);
      if (!writer.isAlive()) {
        syslog.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
