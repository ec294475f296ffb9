package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import java.util.concurrent.TimeUnit;

/**
 * A descriptor on its way to a gentle close ({@code protocol.md} 4.1): what still comes is read and
 * thrown away until the peer closes, is silent for a while or has sent too much.
 */
final class Draining implements Source {
  private final Connections all;
  private final int fd;
  private final long sinceNanos;
  private SourceTable.Registration registration;
  private long lastDataNanos;
  private int discardedBytes;

  Draining(Connections all, int fd) {
    this.all = all;
    this.fd = fd;
    this.sinceNanos = all.nowNanos();
    this.lastDataNanos = sinceNanos;
  }

  void begin(SourceTable.Registration place) {
    registration = place;
  }

  int fd() {
    return fd;
  }

  @Override
  public void ready(int events) {
    int count = Fd.read(fd, all.readBuffer.clear());
    if (count > 0) {
      lastDataNanos = all.nowNanos();
      discardedBytes += count;
    }
    boolean closed = count <= 0 && count != -Errno.EAGAIN;
    if (closed || discardedBytes >= all.limits.gentleBytes()) {
      close();
    }
  }

  void checkDeadline(long nowNanos) {
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - lastDataNanos);
    long allMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos);
    if (silentMillis >= all.limits.silenceMillis() || allMillis >= all.limits.gentleMillis()) {
      close();
    }
  }

  private void close() {
    registration.remove();
    all.forget(this);
    Fd.close(fd);
  }
}
