package io.sanlockd.daemon.flight;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A bounded queue of events whose slots exist from the start. Many threads put, without a lock and
 * without waiting; one takes. A slot is free for the put number n when its turn is n, and filled
 * when it is n + 1.
 */
final class EventQueue {
  private final Slot[] slots;
  private final AtomicLongArray turns;
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private long head;

  /** An event; what is in it may be read between {@link #peek} and {@link #taken}. */
  static final class Slot {
    EventKind kind;
    long nanos;
    LeaseName lockspace;
    Object subject;
    long a;
    long b;
    long c;
  }

  /**
   * An empty queue.
   *
   * @param length a power of 2
   */
  EventQueue(int length) {
    slots = new Slot[length];
    turns = new AtomicLongArray(length);
    for (int i = 0; i < length; i++) {
      slots[i] = new Slot();
      turns.set(i, i);
    }
  }

  /**
   * Adds an event at the end, or counts it as lost when the queue is full. Any thread.
   *
   * @return its number from 0, -1 when it is lost
   */
  long put(
      EventKind kind, long nanos, LeaseName lockspace, Object subject, long a, long b, long c) {
    while (true) {
      long number = tail.get();
      int index = index(number);
      long turn = turns.get(index);
      if (turn < number) {
        lost.incrementAndGet();
        return -1;
      }
      if (turn == number && tail.compareAndSet(number, number + 1)) {
        Slot slot = slots[index];
        slot.kind = kind;
        slot.nanos = nanos;
        slot.lockspace = lockspace;
        slot.subject = subject;
        slot.a = a;
        slot.b = b;
        slot.c = c;
        turns.set(index, number + 1);
        return number;
      }
    }
  }

  /** The oldest event, null when there is none. The taking thread. */
  Slot peek() {
    int index = index(head);
    return turns.get(index) == head + 1 ? slots[index] : null;
  }

  /** The oldest event is done with: its slot is free again. The taking thread. */
  void taken() {
    int index = index(head);
    slots[index].subject = "";
    slots[index].lockspace = LeaseName.EMPTY;
    turns.set(index, head + slots.length);
    head++;
  }

  /** How many events were lost since this was last asked. */
  long takeLost() {
    return lost.getAndSet(0);
  }

  /** Counts events that were taken but could not be kept. */
  void addLost(long count) {
    lost.addAndGet(count);
  }

  /** How many events were put so far. Any thread. */
  long putCount() {
    return tail.get();
  }

  private int index(long number) {
    return (int) (number & (slots.length - 1));
  }
}
