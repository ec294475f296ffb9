package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/** All connections of a loop and what they share. */
final class Connections {
  /** Bytes taken from a socket by one read. */
  static final int READ_BYTES = 16 * 1024;

  final Limits limits;
  final LoopLog log;
  final Framing framing;
  final RequestHandler handler;
  final SourceTable sources;
  final Slots slots = new Slots();
  final MemoryBudget budget;
  final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);
  final ByteBuffer sendBuffer = ByteBuffer.allocateDirect(Output.BATCH_BYTES);

  private final IntSupplier besides;
  private final Runnable threadCheck;
  private final Set<ClientConnection> timed = new LinkedHashSet<>();
  private final Set<ClientConnection> starved = new LinkedHashSet<>();
  private final Set<Draining> draining = new LinkedHashSet<>();
  private final Set<PushConnection> pushing = new LinkedHashSet<>();

  Connections(
      Limits limits,
      LoopLog log,
      SourceTable sources,
      Framing framing,
      RequestHandler handler,
      IntSupplier besides,
      Runnable threadCheck) {
    this.limits = limits;
    this.log = log;
    this.sources = sources;
    this.framing = framing;
    this.handler = handler;
    this.besides = besides;
    this.threadCheck = threadCheck;
    this.budget = new MemoryBudget(limits.inputBytes());
  }

  void checkThread() {
    threadCheck.run();
  }

  long nowNanos() {
    return MonotonicClock.nanos();
  }

  /**
   * Descriptors that clients cost: connections, whether served, pushed to or being closed gently,
   * and what else is open for them.
   */
  int count() {
    return slots.count() + draining.size() + pushing.size() + besides.getAsInt();
  }

  /** Whether nothing more may be opened for clients. */
  boolean isFull() {
    return count() >= limits.connections();
  }

  /** Serves an accepted descriptor, or closes it when that is impossible. */
  void open(int fd) {
    try {
      ClientConnection connection = new ClientConnection(this, fd, UnixSockets.peer(fd));
      SourceTable.Registration place = sources.add(fd, Epoll.IN, connection);
      connection.begin(place, slots.take(connection));
      // Who connects has something to say, most often it is here already.
      connection.ready(Epoll.IN);
    } catch (PosixException e) {
      log.error("accepted connection dropped: " + e.getMessage());
      Fd.close(fd);
    }
  }

  /** Closes a descriptor that is in no epoll set gently. */
  void drain(int fd) {
    try {
      Draining source = new Draining(this, fd);
      source.begin(sources.add(fd, Epoll.IN, source));
      draining.add(source);
    } catch (PosixException e) {
      log.error("connection dropped: " + e.getMessage());
      Fd.close(fd);
    }
  }

  void forget(Draining source) {
    draining.remove(source);
  }

  /** A channel has begun or ended. */
  void pushing(PushConnection channel, boolean on) {
    if (on) {
      pushing.add(channel);
    } else {
      pushing.remove(channel);
    }
  }

  void setTimed(ClientConnection connection, boolean on) {
    if (on) {
      timed.add(connection);
    } else {
      timed.remove(connection);
    }
  }

  void setStarved(ClientConnection connection, boolean on) {
    if (on) {
      starved.add(connection);
    } else {
      starved.remove(connection);
    }
  }

  /** Forgets a connection whose descriptor is no longer in the epoll set. */
  void forget(ClientConnection connection) {
    timed.remove(connection);
    starved.remove(connection);
    slots.free(connection.slot());
  }

  boolean needSweep() {
    return !timed.isEmpty() || !draining.isEmpty() || !starved.isEmpty();
  }

  /** Ends what has waited too long and lets those that waited for memory try again. */
  void sweep() {
    long nowNanos = nowNanos();
    for (ClientConnection connection : List.copyOf(timed)) {
      connection.checkDeadline(nowNanos);
    }
    for (Draining source : List.copyOf(draining)) {
      source.checkDeadline(nowNanos);
    }
    for (ClientConnection connection : List.copyOf(starved)) {
      connection.ready(0);
    }
  }

  void closeAll() {
    slots.forEach(connection -> Fd.close(connection.fd()));
    draining.forEach(source -> Fd.close(source.fd()));
    pushing.forEach(channel -> Fd.close(channel.fd()));
  }
}
