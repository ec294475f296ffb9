package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one thread that serves clients and lets the {@link Multiplexer} work. Nothing here waits for
 * a client: a message may come in pieces, an answer that does not fit is dropped.
 */
final class ServerLoop implements AutoCloseable {
  /** A message that is not complete after this time ends its connection. */
  static final long PARTIAL_NANOS = 5 * MachineClock.SECOND_NANOS;

  /** Longest dump in bytes; fits into a socket buffer. */
  static final int DUMP_BYTES = 64 * 1024;

  private static final int EVENTS_PER_TURN = 64;
  private static final int MESSAGES_PER_EVENT = 16;
  private static final int ACCEPTS_PER_TURN = 32;
  private static final int SWEEP_MILLIS = 1000;
  private static final long LISTENER = 0;
  private static final long WAKE = 1;
  private static final long FIRST_CONNECTION = 2;

  private final Multiplexer multiplexer;
  private final MachineClock clock;
  private final WdmdLog log;
  private final Epoll epoll;
  private final LoopTasks tasks;
  private final int listenFd;
  private final Map<Long, Connection> connections = new HashMap<>();
  private long nextToken = FIRST_CONNECTION;
  private boolean acceptPaused;
  private long acceptPausedNanos;

  /**
   * A loop.
   *
   * @param tasks work of other threads; stays the caller's
   * @param listenFd non-blocking listener; stays the caller's
   */
  ServerLoop(
      Multiplexer multiplexer, LoopTasks tasks, int listenFd, MachineClock clock, WdmdLog log)
      throws PosixException {
    this.tasks = tasks;
    this.multiplexer = multiplexer;
    this.listenFd = listenFd;
    this.clock = clock;
    this.log = log;
    this.epoll = Epoll.create(EVENTS_PER_TURN);
    epoll.add(tasks.fd(), Epoll.IN, WAKE);
    epoll.add(listenFd, Epoll.IN, LISTENER);
  }

  /**
   * Runs until the Multiplexer may end.
   *
   * @param alive called in every turn
   * @param maxWaitMillis longest time between two turns
   */
  void run(Runnable alive, int maxWaitMillis) throws PosixException {
    while (!multiplexer.quitting()) {
      turn(maxWaitMillis);
      alive.run();
    }
  }

  /** One wait and everything that it brings; tests may call it. */
  void turn(int maxWaitMillis) throws PosixException {
    int wait = Math.min(multiplexer.doWork(), maxWaitMillis);
    boolean partial = sweep();
    int count = epoll.await(partial || acceptPaused ? Math.min(wait, SWEEP_MILLIS) : wait);
    // Before the clients: what is due does not wait for them.
    int unused = multiplexer.doWork();
    for (int i = 0; i < count; i++) {
      long token = epoll.token(i);
      if (token == WAKE) {
        tasks.runAll();
      } else if (token == LISTENER) {
        accept();
      } else {
        serve(token);
      }
    }
  }

  private void accept() throws PosixException {
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
      int fd = UnixSockets.accept(listenFd);
      if (fd >= 0) {
        welcome(fd);
      } else if (fd != -Errno.ECONNABORTED) {
        if (fd != -Errno.EAGAIN) {
          pauseAccepting(-fd);
        }
        return;
      }
    }
  }

  private void welcome(int fd) throws PosixException {
    int pid;
    try {
      pid = UnixSockets.peer(fd).pid();
    } catch (PosixException e) {
      log.log("client without credentials refused: " + e.getMessage());
      Fd.close(fd);
      return;
    }
    Optional<Client> client = multiplexer.connected(fd);
    if (client.isEmpty()) {
      Fd.close(fd);
      return;
    }
    long token = nextToken++;
    connections.put(token, new Connection(fd, pid, client.get()));
    epoll.add(fd, Epoll.IN, token);
  }

  /** No descriptors left: the listener would report again and again what can not be helped. */
  private void pauseAccepting(int errno) throws PosixException {
    log.log("accept error " + errno + ", new clients have to wait");
    epoll.modify(listenFd, 0, LISTENER);
    acceptPaused = true;
    acceptPausedNanos = clock.nanos();
  }

  private void serve(long token) throws PosixException {
    Connection connection = connections.get(token);
    if (connection == null) {
      return;
    }
    for (int i = 0; i < MESSAGES_PER_EVENT; i++) {
      switch (connection.read(clock.nanos())) {
        case INCOMPLETE -> {
          return;
        }
        case MESSAGE -> {
          if (!answer(connection)) {
            close(token, connection);
            return;
          }
        }
        case END -> {
          if (connection.partialBytes() > 0) {
            String size = " recv size " + connection.partialBytes();
            log.log("ci " + connection.client.index + size);
          }
          close(token, connection);
          return;
        }
      }
    }
  }

  /** False if the connection is to be closed. */
  private boolean answer(Connection connection) {
    switch (multiplexer.message(connection.client, connection.message, connection.peerPid)) {
      case NONE -> {
        return true;
      }
      case MESSAGE -> {
        int sent = connection.sendMessage();
        if (sent < 0) {
          log.log("ci " + connection.client.index + " send error " + -sent);
        }
        return true;
      }
      case DUMP -> {
        connection.sendText(dump());
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private byte[] dump() {
    String text = multiplexer.dump(tasks.fd(), listenFd);
    String cut = text.length() > DUMP_BYTES ? text.substring(0, DUMP_BYTES) : text;
    return cut.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void close(long token, Connection connection) throws PosixException {
    connections.remove(token);
    epoll.remove(connection.fd);
    Fd.close(connection.fd);
    multiplexer.disconnected(connection.client);
    if (acceptPaused) {
      resumeAccepting();
    }
  }

  private void resumeAccepting() throws PosixException {
    acceptPaused = false;
    epoll.modify(listenFd, Epoll.IN, LISTENER);
  }

  /** Closes connections with old partial messages; whether there are partial messages at all. */
  private boolean sweep() throws PosixException {
    long now = clock.nanos();
    boolean partial = false;
    List<Long> stale = new ArrayList<>(0);
    for (Map.Entry<Long, Connection> entry : connections.entrySet()) {
      Connection connection = entry.getValue();
      partial |= connection.partialBytes() > 0;
      if (connection.partialFor(PARTIAL_NANOS, now)) {
        stale.add(entry.getKey());
      }
    }
    for (Long token : stale) {
      Connection connection = connections.get(token);
      log.log("ci " + connection.client.index + " partial message, connection closed");
      close(token, connection);
    }
    if (acceptPaused && now - acceptPausedNanos >= MachineClock.SECOND_NANOS) {
      resumeAccepting();
    }
    return partial;
  }

  /** Closes all connections without telling the Multiplexer. */
  @Override
  public void close() {
    for (Connection connection : connections.values()) {
      Fd.close(connection.fd);
    }
    connections.clear();
    epoll.close();
  }
}
