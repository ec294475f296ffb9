package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections. One too many is drained and closed ({@code protocol.md} 15 no. 4); when
 * nothing can be accepted at all, accepting pauses instead of spinning.
 */
final class Acceptor implements Source {
  private static final int MAX_REFUSED = 64;
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int listenerFd;
  private final Connections connections;
  private final SourceTable.Registration registration;
  private boolean paused;
  private long resumeNanos;
  private boolean everLogged;
  private long lastLogNanos;
  private long unlogged;

  Acceptor(int listenerFd, Connections connections) throws PosixException {
    this.listenerFd = listenerFd;
    this.connections = connections;
    this.registration = connections.sources.add(listenerFd, Epoll.IN, this);
    // A class is a file, too: what tells that there are no descriptors left is loaded before.
    String unused = acceptError(Errno.EMFILE);
  }

  @Override
  public void ready(int events) {
    if (paused) {
      return;
    }
    if (connections.count() >= connections.limits.connections() + MAX_REFUSED) {
      pause("client table full, " + MAX_REFUSED + " connections beyond it");
      return;
    }
    // One at a time: to ask for another costs as much as to be told of it.
    int fd = UnixSockets.accept(listenerFd);
    if (fd >= 0) {
      take(fd);
    } else if (fd != -Errno.EAGAIN && fd != -Errno.ECONNABORTED) {
      pause(acceptError(-fd));
    }
  }

  private static String acceptError(int errno) {
    return "accept: " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
  }

  boolean paused() {
    return paused;
  }

  /** Accepts again when the pause is over. */
  void sweep() {
    if (paused && connections.nowNanos() - resumeNanos >= 0) {
      paused = false;
      registration.interest(Epoll.IN);
    }
  }

  private void take(int fd) {
    if (connections.isFull()) {
      log("client table full, connection refused");
      connections.drain(fd);
    } else {
      connections.open(fd);
    }
  }

  private void pause(String why) {
    log(why + ", not accepting for a while");
    paused = true;
    resumeNanos =
        connections.nowNanos() + TimeUnit.MILLISECONDS.toNanos(connections.limits.pauseMillis());
    registration.interest(0);
  }

  private void log(String message) {
    long nowNanos = connections.nowNanos();
    if (everLogged && nowNanos - lastLogNanos < LOG_INTERVAL_NANOS) {
      unlogged++;
      return;
    }
    connections.log.error(unlogged == 0 ? message : message + " (" + unlogged + " more before)");
    everLogged = true;
    lastLogNanos = nowNanos;
    unlogged = 0;
  }
}
