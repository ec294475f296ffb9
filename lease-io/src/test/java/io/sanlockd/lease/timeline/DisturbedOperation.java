package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.Coroutine;
import io.sanlockd.lease.fixture.Io;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One operation of host 1, at one I/O of which something goes wrong. */
final class DisturbedOperation {
  private static final String CRASH = "crash";

  private final Timeline timeline;
  private final String operation;
  private final int index;
  private final String fault;
  private final AtomicInteger ios = new AtomicInteger();
  private String place = "";

  /**
   * Not yet begun.
   *
   * @param index which of its I/Os goes wrong, from 0
   * @param fault "crash", or what the timelines know to happen to an I/O
   */
  DisturbedOperation(Timeline timeline, String operation, int index, String fault) {
    this.timeline = timeline;
    this.operation = operation;
    this.index = index;
    this.fault = fault;
  }

  boolean isCrash() {
    return fault.equals(CRASH);
  }

  /** What host 1 got; "crashed" after a crash. */
  String play() throws Exception {
    return isCrash() ? crash() : disturbed();
  }

  /** Which I/O, where on the disk, and what happened to it. */
  @Override
  public String toString() {
    return (index + 1) + " " + place + " " + fault;
  }

  private String disturbed() throws Exception {
    Timeline.happens(timeline.actor(1).host().disk().at(this::isIt), fault);
    return timeline.result("1 " + operation);
  }

  private boolean isIt(Io io) {
    boolean it = ios.getAndIncrement() == index;
    if (it) {
      place = Places.of(io);
    }
    return it;
  }

  private String crash() throws Exception {
    Actor actor = timeline.actor(1);
    try (Coroutine<String> run =
        actor.host().begin(timeline.operation(actor, List.of(operation.split(" +"))))) {
      run.runUntil(this::isIt);
    }
    timeline.play("1 crashes");
    return "crashed";
  }
}
