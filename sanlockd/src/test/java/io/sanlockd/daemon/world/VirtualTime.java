package io.sanlockd.daemon.world;

import io.sanlockd.lease.Clock;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Time that passes only when the test says so. Threads started here run one at a time, and only
 * inside {@link #advance}; when one sleeps the next may run. Main-loop tasks and timers run on the
 * test's own thread.
 */
public final class VirtualTime implements Clock, AutoCloseable {
  private static final long START_SECONDS = 1000;
  private static final long STUCK_SECONDS = 60;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Semaphore parked = new Semaphore(0);
  private final Map<Thread, VirtualThread> threads = new ConcurrentHashMap<>();
  private volatile long nowNanos = START_SECONDS * SECOND_NANOS;
  private volatile long suspendedNanos;
  private long lastSequence;
  private volatile boolean closed;
  private volatile Throwable failure;

  /** Something that happens at a time: a thread goes on, or a timer fires. */
  private final class Event implements Comparable<Event> {
    private final long atNanos;
    private final long sequence = ++lastSequence;
    private final Runnable action;

    Event(long atNanos, Runnable action) {
      this.atNanos = atNanos;
      this.action = action;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /** Ends a thread whose world is gone. */
  private static final class WorldEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final class VirtualThread {
    private final Semaphore mayRun = new Semaphore(0);
    private Event wake;

    void start(String name, Runnable body) {
      Thread thread =
          new Thread(
              () -> {
                threads.put(Thread.currentThread(), this);
                mayRun.acquireUninterruptibly();
                try {
                  if (!closed) {
                    body.run();
                  }
                } catch (WorldEnded e) {
                  // The test is over.
                } catch (Throwable e) {
                  failure = e;
                } finally {
                  threads.remove(Thread.currentThread());
                  parked.release();
                }
              },
              name);
      thread.setDaemon(true);
      thread.start();
    }

    /** On the test's thread: lets this thread run until it sleeps or ends. */
    void resume() {
      mayRun.release();
      try {
        if (!parked.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("a thread does not come to rest");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** On this thread. */
    void sleepUntil(long atNanos) {
      wake = new Event(Math.max(atNanos, nowNanos), this::resume);
      events.add(wake);
      parked.release();
      mayRun.acquireUninterruptibly();
      if (closed) {
        throw new WorldEnded();
      }
    }
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  @Override
  public long suspendedNanos() {
    return suspendedNanos;
  }

  /** The host is suspended for a while and goes on. */
  public void suspend(double seconds) {
    long before = suspendedNanos;
    suspendedNanos = before + (long) (seconds * SECOND_NANOS);
  }

  /** Nothing of the daemon runs for a while, though time passes. */
  public void pause(double seconds) {
    long before = nowNanos;
    nowNanos = before + (long) (seconds * SECOND_NANOS);
  }

  /** Starts a thread; it runs in the next {@link #advance}. */
  public void start(String name, Runnable body) {
    VirtualThread thread = new VirtualThread();
    thread.start(name, body);
    thread.wake = new Event(nowNanos, thread::resume);
    events.add(thread.wake);
  }

  /** Sleeps on a thread started here. */
  public void sleep(long nanos) {
    VirtualThread thread = threads.get(Thread.currentThread());
    if (thread == null) {
      throw new IllegalStateException("the main loop waits");
    }
    thread.sleepUntil(nowNanos + nanos);
  }

  /** A handle on the thread that calls, to wake it early. */
  public Runnable waker() {
    VirtualThread thread = threads.get(Thread.currentThread());
    return () -> {
      if (thread.wake != null && events.remove(thread.wake)) {
        thread.wake = new Event(nowNanos, thread::resume);
        events.add(thread.wake);
      }
    };
  }

  /** Runs an action on the main loop. */
  public void execute(Runnable action) {
    tasks.add(action);
  }

  /** Runs an action on the main loop after a time. */
  public void later(long delayNanos, Runnable action) {
    events.add(new Event(nowNanos + delayNanos, () -> tasks.add(action)));
  }

  /** Lets everything happen that needs no time. */
  public void settle() {
    advanceTo(nowNanos);
  }

  /** Lets time pass. */
  public void advance(double seconds) {
    advanceTo(nowNanos + (long) (seconds * SECOND_NANOS));
  }

  private void advanceTo(long untilNanos) {
    while (true) {
      runTasks();
      Event next = events.peek();
      if (next == null || next.atNanos > untilNanos) {
        break;
      }
      events.remove();
      nowNanos = Math.max(nowNanos, next.atNanos);
      next.action.run();
      checkFailure();
    }
    nowNanos = untilNanos;
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
      checkFailure();
    }
  }

  private void checkFailure() {
    Throwable found = failure;
    if (found != null) {
      failure = null;
      throw new AssertionError("a thread of the daemon failed", found);
    }
  }

  /** Ends all threads. */
  @Override
  public void close() {
    closed = true;
    for (Event event = events.poll(); event != null; event = events.poll()) {
      event.action.run();
    }
  }
}
