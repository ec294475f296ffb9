package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.watchdog.WatchdogSession;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * What the renewal thread publishes reaches whoever asks again and again, and so does what the main
 * loop decides and workers look at to give up early.
 */
public final class PublicationRace {
  private PublicationRace() {}

  /** Renewal thread to supervision. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Status {
    private final Lockspace space = SpaceFixture.lockspace();

    /** Supervision. */
    @Actor
    public void reader() {
      while (space.status().equals(RenewalStatus.NONE)) {
        // Until it is published.
      }
    }

    /** The renewal thread. */
    @Signal
    public void renewal() {
      space.publish(RenewalStatus.acquired(1, 1, 0));
    }
  }

  /** Renewal thread to whoever judges other hosts. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Joined {
    private final Lockspace space = SpaceFixture.lockspace();

    /** A worker. */
    @Actor
    public void reader() {
      while (space.membership() == null) {
        // Until it is published.
      }
    }

    /** The renewal thread. */
    @Signal
    public void renewal() {
      space.joined(SpaceFixture.MEMBERSHIP);
    }
  }

  /** Renewal thread to supervision, which asks whether the watchdog is lost. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Guarded {
    private final Lockspace space = SpaceFixture.lockspace();

    /** Supervision. */
    @Actor
    public void reader() {
      while (space.watchdog() == WatchdogSession.NONE) {
        // Until it is published.
      }
    }

    /** The renewal thread. */
    @Signal
    public void renewal() {
      space.guardedBy(SpaceFixture.GUARDED);
    }
  }

  /** Main loop to workers: it is being left. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Removal {
    private final Lockspace space = SpaceFixture.lockspace();

    /** A worker. */
    @Actor
    public void reader() {
      while (!space.removalRequested()) {
        // Until it is requested.
      }
    }

    /** The main loop. */
    @Signal
    public void mainLoop() {
      space.requestRemoval();
    }
  }

  /** Main loop to workers: its processes are being stopped. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Killing {
    private final Lockspace space = SpaceFixture.lockspace();

    /** A worker. */
    @Actor
    public void reader() {
      while (space.killing() == Lockspace.Killing.NO) {
        // Until recovery begins.
      }
    }

    /** The main loop. */
    @Signal
    public void mainLoop() {
      space.startKilling(Lockspace.Cause.EXPIRED, 1);
    }
  }

  /** Main loop to workers: how far it has come. */
  @JCStressTest(Mode.Termination)
  @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "seen")
  @Outcome(expect = Expect.FORBIDDEN, desc = "never seen")
  @State
  public static class Phase {
    private final Lockspace space = SpaceFixture.lockspace();

    /** A worker. */
    @Actor
    public void reader() {
      while (space.phase() == Lockspace.Phase.ADDING) {
        // Until it moves on.
      }
    }

    /** The main loop. */
    @Signal
    public void mainLoop() {
      space.moveTo(Lockspace.Phase.ACTIVE);
    }
  }
}
