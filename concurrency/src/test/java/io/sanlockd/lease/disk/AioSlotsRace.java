package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import java.util.ArrayDeque;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Two threads begin an I/O while one kernel context is idle: each context carries one I/O. */
@JCStressTest
@Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "two contexts")
@Outcome(expect = Expect.FORBIDDEN, desc = "one context twice")
@State
public class AioSlotsRace {
  private final AioSlots slots = new AioSlots(() -> new SlowKernel(new ArrayDeque<>()));
  private KernelIo one;
  private KernelIo other;

  /** One is idle. */
  public AioSlotsRace() {
    slots.giveBack(new SlowKernel(new ArrayDeque<>()));
  }

  /** A worker. */
  @Actor
  public void one() {
    one = take();
  }

  /** Another worker. */
  @Actor
  public void other() {
    other = take();
  }

  private KernelIo take() {
    try {
      return slots.take();
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Compares. */
  @Arbiter
  public void compare(Z_Result result) {
    result.r1 = one == other;
  }
}
