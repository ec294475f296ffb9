package io.sanlockd.daemon.lockspace;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A full history gets one more renewal while a client reads it: first entry and how many. */
@JCStressTest
@Outcome(id = "1, 3", expect = Expect.ACCEPTABLE, desc = "before the renewal")
@Outcome(id = "2, 3", expect = Expect.ACCEPTABLE, desc = "after it")
@Outcome(expect = Expect.FORBIDDEN, desc = "in between")
@State
public class RenewalHistoryRace {
  private final RenewalHistory history = new RenewalHistory(3);

  /** A full history. */
  public RenewalHistoryRace() {
    for (int timestamp = 1; timestamp <= 3; timestamp++) {
      history.success(timestamp, 0, 0);
    }
  }

  /** The renewal thread. */
  @Actor
  public void renewal() {
    history.success(4, 0, 0);
  }

  /** The main loop. */
  @Actor
  public void mainLoop(II_Result result) {
    List<RenewalHistory.Entry> entries = history.entries();
    result.r1 = (int) entries.get(0).timestamp();
    result.r2 = entries.size();
  }
}
