package io.sanlockd.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual time, and the order in which everything happens in it. Sequential code runs in tasks,
 * each on a thread, but only one thread runs at a time: whoever waits looks for what comes next and
 * hands the turn over directly. Nothing but the order of events decides what happens, so a run is
 * the same each time.
 */
final class Scheduler {
  /** What ends a task whose machine is gone; unwinds it at the point where it waits. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super(null, null, false, false);
    }
  }

  /** What lives and dies together: one run of a daemon, or of a machine. */
  static final class Life {
    private final Set<Task> tasks = new LinkedHashSet<>();
    private boolean ended;
    private long pausedUntilNanos;

    boolean ended() {
      return ended;
    }

    /** Nothing of it runs before this time. */
    void pauseUntil(long nanos) {
      pausedUntilNanos = Math.max(pausedUntilNanos, nanos);
    }
  }

  /** Something planned. */
  static final class Event implements Comparable<Event> {
    private final long atNanos;
    private final long order;
    private final Life life;
    private final Runnable action;
    private final Task task;
    private boolean cancelled;

    Event(long atNanos, long order, Life life, Runnable action, Task task) {
      this.atNanos = atNanos;
      this.order = order;
      this.life = life;
      this.action = action;
      this.task = task;
    }

    /** It does not happen. */
    void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** Sequential code on its way. */
  static final class Task {
    private final Life life;
    private final Runnable body;
    private Runner runner;
    private Event wake;
    private boolean killed;

    Task(Life life, Runnable body) {
      this.life = life;
      this.body = body;
    }

    Life life() {
      return life;
    }
  }

  /** A thread that waits for its turn. */
  private static class Turn {
    private final Thread thread;
    private volatile boolean given;

    Turn(Thread thread) {
      this.thread = thread;
    }

    void give() {
      given = true;
      LockSupport.unpark(thread);
    }

    void await() {
      while (!given) {
        LockSupport.park(this);
      }
      given = false;
    }
  }

  /** Threads for tasks, used again from run to run. */
  static final class Runners {
    private final ArrayDeque<Runner> idle = new ArrayDeque<>();
    private int made;

    private Runner take() {
      Runner runner = idle.pollLast();
      return runner != null ? runner : new Runner(++made, this);
    }
  }

  private static final class Runner {
    private final Turn turn;
    private final Runners home;
    private Scheduler scheduler;
    private Task task;

    Runner(int number, Runners home) {
      this.home = home;
      Thread thread = new Thread(this::serve, "task" + number);
      thread.setDaemon(true);
      turn = new Turn(thread);
      thread.start();
    }

    private void serve() {
      while (true) {
        turn.await();
        Scheduler current = scheduler;
        current.runToEnd(task);
        task = null;
        scheduler = null;
        home.idle.addLast(this);
        current.handOver(null);
      }
    }
  }

  private final Runners runners;
  private final Turn caller = new Turn(Thread.currentThread());
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Set<Task> tasks = new LinkedHashSet<>();
  private long nowNanos;
  private long planned;
  private long steps;
  private long stepLimit;
  private long timeLimitNanos;
  private boolean finished;
  private Task current;
  private Throwable failure;

  Scheduler(Runners runners) {
    this.runners = runners;
  }

  long nowNanos() {
    return nowNanos;
  }

  /** How many events there were. */
  long steps() {
    return steps;
  }

  /** The task that runs, null while something planned happens. */
  Task current() {
    return current;
  }

  /** Plans something; dropped when the life has ended by then, null = nobody's. */
  Event at(long atNanos, Life life, Runnable action) {
    return add(new Event(Math.max(atNanos, nowNanos), ++planned, life, action, null));
  }

  Event after(long nanos, Life life, Runnable action) {
    return at(nowNanos + nanos, life, action);
  }

  private Event add(Event event) {
    events.add(event);
    return event;
  }

  /** Starts sequential code. */
  void start(Life life, Runnable body) {
    if (life.ended) {
      return;
    }
    Task task = new Task(life, body);
    life.tasks.add(task);
    tasks.add(task);
    wakeAt(task, nowNanos);
  }

  private void wakeAt(Task task, long atNanos) {
    task.wake = add(new Event(Math.max(atNanos, nowNanos), ++planned, task.life, null, task));
  }

  /** Waits, on a task. */
  void sleepUntil(long atNanos) {
    Task self = current;
    if (self.killed) {
      throw new Abandoned();
    }
    wakeAt(self, atNanos);
    handOver(self);
    if (self.killed) {
      throw new Abandoned();
    }
  }

  /** Ends the wait of a task early. */
  void wakeNow(Task task) {
    if (task.wake != null && !task.killed) {
      task.wake.cancel();
      wakeAt(task, nowNanos);
    }
  }

  /** Everything of it stops where it stands, for ever. */
  void end(Life life) {
    life.ended = true;
    for (Task task : List.copyOf(life.tasks)) {
      task.killed = true;
      if (task != current) {
        if (task.wake != null) {
          task.wake.cancel();
        }
        wakeAt(task, nowNanos);
      }
    }
  }

  /** Nothing more happens after this. */
  void finish() {
    finished = true;
  }

  /** Runs until {@link #finish}, a number of steps more, or a time. */
  void run(long moreSteps, long untilNanos) {
    stepLimit = steps + moreSteps;
    timeLimitNanos = untilNanos;
    Task next = next();
    if (next != null) {
      begin(next);
      caller.await();
    }
    if (failure instanceof Violation violation) {
      throw violation;
    }
    if (failure != null) {
      throw new IllegalStateException("something failed at " + nowNanos, failure);
    }
  }

  /** Time passes although nothing happens. */
  void passTo(long nanos) {
    nowNanos = Math.max(nowNanos, nanos);
  }

  /** Unwinds all tasks. */
  void close() {
    finished = true;
    for (Task task : new ArrayList<>(tasks)) {
      task.killed = true;
      if (task.runner != null) {
        begin(task);
        caller.await();
      }
    }
    tasks.clear();
  }

  /** On the thread that has the turn: passes it on, and waits for it to come back to a task. */
  private void handOver(Task self) {
    Task next = next();
    if (next == self && self != null) {
      current = self;
      return;
    }
    if (next == null) {
      caller.give();
    } else {
      begin(next);
    }
    if (self != null) {
      self.runner.turn.await();
    }
  }

  private void begin(Task task) {
    current = task;
    if (task.runner == null) {
      task.runner = runners.take();
      task.runner.scheduler = this;
      task.runner.task = task;
    }
    task.runner.turn.give();
  }

  private void runToEnd(Task task) {
    try {
      if (!task.killed) {
        task.body.run();
      }
    } catch (Abandoned e) {
      // Its machine is gone.
    } catch (Throwable e) {
      fail(e);
    }
    tasks.remove(task);
    task.life.tasks.remove(task);
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    finished = true;
  }

  /** Lets planned things happen until a task is to go on; null when this run ends. */
  private Task next() {
    current = null;
    while (!finished) {
      Event event = events.peek();
      if (event == null || steps >= stepLimit || event.atNanos > timeLimitNanos) {
        return null;
      }
      events.poll();
      if (event.cancelled) {
        continue;
      }
      nowNanos = event.atNanos;
      Life life = event.life;
      if (life != null && life.pausedUntilNanos > nowNanos && !life.ended) {
        Event later = new Event(life.pausedUntilNanos, ++planned, life, event.action, event.task);
        if (event.task != null) {
          event.task.wake = later;
        }
        events.add(later);
        continue;
      }
      steps++;
      if (event.task != null) {
        event.task.wake = null;
        return event.task;
      }
      if (life == null || !life.ended) {
        try {
          event.action.run();
        } catch (Throwable e) {
          fail(e);
        }
      }
    }
    return null;
  }
}
