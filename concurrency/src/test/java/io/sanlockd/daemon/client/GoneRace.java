package io.sanlockd.daemon.client;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A worker that acquires a lease learns that its client is gone. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "the worker gives up")
@Outcome(expect = Expect.FORBIDDEN, desc = "the worker goes on for nobody")
@State
public class GoneRace {
  private final Client client = new Client(2, 3);

  /** The worker. */
  @Actor
  public void worker() {
    while (!client.gone()) {
      // It goes on with its ballots.
    }
  }

  /** The main loop. */
  @Signal
  public void mainLoop() {
    client.peerGone();
  }
}
