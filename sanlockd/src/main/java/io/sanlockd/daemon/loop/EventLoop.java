package io.sanlockd.daemon.loop;

import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.model.Check;
import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.EventFd;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.PosixException;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The main loop: connections, other descriptors, tasks from other threads, and before all of them
 * the periodic {@link Duty}. Whoever calls {@link #run} owns everything here; only {@link #execute}
 * and {@link #stop} are for other threads.
 */
public final class EventLoop implements AutoCloseable {
  private static final int EVENTS_PER_TURN = 256;
  private static final int TASKS_PER_TURN = 1024;
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Limits limits;
  private final LoopLog log;
  private final Epoll epoll;
  private final EventFd wake;
  private final SourceTable sources;
  private final Map<Integer, SourceTable.Registration> watched = new HashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final long sweepNanos;
  private final DurationHistogram turnTimes = new DurationHistogram();
  private IntSupplier besides = () -> 0;
  private Connections connections;
  private Acceptor acceptor;
  private Duty duty;
  private long dutyDueNanos;
  private long lastSweepNanos;
  private volatile boolean stopping;
  private volatile Thread thread;
  private volatile long turns;

  public EventLoop(Limits limits, LoopLog log) throws PosixException {
    this.limits = limits;
    this.log = log;
    this.sweepNanos = limits.sweepMillis() * NANOS_PER_MILLI;
    this.epoll = Epoll.create(EVENTS_PER_TURN);
    this.wake = EventFd.create();
    this.sources = new SourceTable(epoll);
    sources.add(wake.fd(), Epoll.IN, this::woken);
  }

  /** Counts also what else is open for clients; loop's thread or before {@link #run}. */
  public void countBesides(IntSupplier descriptors) {
    besides = descriptors;
  }

  /** Descriptors that clients cost, of which there may be as many as connections; loop's thread. */
  public int clientDescriptors() {
    return connections.count();
  }

  /** Whether nothing more may be opened for clients; loop's thread. */
  public boolean isFull() {
    return connections.isFull();
  }

  /**
   * Serves the connections of a listener. To be called once, before {@link #run}.
   *
   * @param listenerFd non-blocking listening descriptor; it stays the caller's
   */
  public void listen(int listenerFd, Framing framing, RequestHandler handler)
      throws PosixException {
    Check.state(connections == null, "listening already");
    connections =
        new Connections(
            limits, log, sources, framing, handler, () -> besides.getAsInt(), this::checkThread);
    acceptor = new Acceptor(listenerFd, connections);
  }

  /** Watches another descriptor for input and hangup; loop's thread or before {@link #run}. */
  public void watch(int fd, FdHandler handler) throws PosixException {
    checkThread();
    Check.state(!watched.containsKey(fd), "watched already");
    watched.put(fd, sources.add(fd, Epoll.IN, handler::ready));
  }

  /** Ends {@link #watch}; to be called before the descriptor is closed. */
  public void unwatch(int fd) {
    checkThread();
    SourceTable.Registration registration = watched.remove(fd);
    Check.state(registration != null, "not watched");
    registration.remove();
  }

  /**
   * Has the loop's thread run a task soon; any thread, never waits. An exception of the task is
   * logged. Tasks given after the end of the loop never run.
   */
  public void execute(Runnable task) {
    tasks.add(task);
    if (woken.compareAndSet(false, true)) {
      wake.signal();
    }
  }

  /** Makes {@link #run} return after what it is doing; any thread. */
  public void stop() {
    stopping = true;
    wake.signal();
  }

  /**
   * Runs until {@link #stop}.
   *
   * @throws RuntimeException what the duty or a handler of a watched descriptor threw
   */
  public void run(Duty periodicDuty) throws PosixException {
    thread = Thread.currentThread();
    duty = periodicDuty;
    dutyDueNanos = MonotonicClock.nanos();
    lastSweepNanos = dutyDueNanos;
    long turn = 0;
    long begin = dutyDueNanos;
    while (!stopping) {
      runDutyWhenDue();
      sweepWhenDue();
      int timeoutMillis = timeoutMillis();
      turnTimes.record(MonotonicClock.nanos() - begin);
      int count = epoll.await(timeoutMillis);
      begin = MonotonicClock.nanos();
      turns = ++turn;
      for (int i = 0; i < count; i++) {
        runDutyWhenDue();
        Source source = sources.find(epoll.token(i));
        if (source != null) {
          source.ready(epoll.events(i));
        }
      }
      runTasks();
    }
  }

  /** Visits the connections in the order of their slots. */
  public void forEachConnection(Consumer<Connection> action) {
    checkThread();
    if (connections != null) {
      connections.slots.forEach(action);
    }
  }

  /** The connection of a slot, or null if it is free. */
  public Connection connection(int slot) {
    checkThread();
    return connections == null ? null : connections.slots.get(slot);
  }

  /** Closes all connections without telling their handler; after {@link #run} has returned. */
  @Override
  public void close() {
    thread = null;
    if (connections != null) {
      connections.closeAll();
    }
    wake.close();
    epoll.close();
  }

  /** How often the loop has woken up; any thread. */
  public long turns() {
    return turns;
  }

  /**
   * How long the turns were, each from a wake-up until the loop was ready to wait again: nothing
   * that came in meanwhile was seen. Any thread.
   */
  public DurationHistogram turnTimes() {
    return turnTimes;
  }

  private void checkThread() {
    Thread owner = thread;
    Check.state(owner == null || owner == Thread.currentThread(), "not the loop's thread");
  }

  private void woken(int events) {
    wake.drain();
    woken.set(false);
  }

  private void runTasks() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      runDutyWhenDue();
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("task of the main loop failed: " + e);
      }
    }
  }

  private void runDutyWhenDue() {
    if (MonotonicClock.nanos() - dutyDueNanos >= 0) {
      int nextMillis = duty.run();
      dutyDueNanos = MonotonicClock.nanos() + Math.max(1, nextMillis) * NANOS_PER_MILLI;
    }
  }

  private void sweepWhenDue() {
    long nowNanos = MonotonicClock.nanos();
    if (needSweep() && nowNanos - lastSweepNanos >= sweepNanos) {
      lastSweepNanos = nowNanos;
      acceptor.sweep();
      connections.sweep();
    }
  }

  private boolean needSweep() {
    return connections != null && (connections.needSweep() || acceptor.paused());
  }

  private int timeoutMillis() {
    if (!tasks.isEmpty() || stopping) {
      return 0;
    }
    long nowNanos = MonotonicClock.nanos();
    long waitNanos = dutyDueNanos - nowNanos;
    if (needSweep()) {
      waitNanos = Math.min(waitNanos, lastSweepNanos + sweepNanos - nowNanos);
    }
    long waitMillis = (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    return (int) Math.max(0, Math.min(waitMillis, Integer.MAX_VALUE));
  }
}
