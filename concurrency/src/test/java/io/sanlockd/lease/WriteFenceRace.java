package io.sanlockd.lease;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A worker writes a sector that is not ours alone while the main loop shuts the fence to give the
 * host_id away. The first number is 1 when the write was made, the second what the main loop sees
 * of it: 0 not begun, 1 begun, 2 landed, -1 it has to wait.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "shut before the write")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "shut after the write")
@Outcome(id = "1, -1", expect = Expect.ACCEPTABLE, desc = "shut during the write: waits")
@Outcome(expect = Expect.FORBIDDEN, desc = "the host_id is free and the write goes on")
public class WriteFenceRace {
  private final WriteFence fence = new WriteFence(() -> false);
  private int progress;

  /** The worker. */
  @Actor
  public void writer(II_Result result) {
    if (fence.enter()) {
      result.r1 = 1;
      progress = 1;
      progress = 2;
      fence.leave();
    }
  }

  /** The main loop. */
  @Actor
  public void mainLoop(II_Result result) {
    result.r2 = fence.shut() ? progress : -1;
  }
}
