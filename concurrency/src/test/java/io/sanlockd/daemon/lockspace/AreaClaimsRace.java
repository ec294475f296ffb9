package io.sanlockd.daemon.lockspace;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Two lockspaces that are added at the same time claim overlapping areas: one gets its area. */
@JCStressTest
@Outcome(
    id = {"true, false", "false, true"},
    expect = Expect.ACCEPTABLE,
    desc = "one of them")
@Outcome(expect = Expect.FORBIDDEN, desc = "a host_id renewed by two threads, or by none")
@State
public class AreaClaimsRace {
  private static final Object STORAGE = new Object();

  private final AreaClaims claims = new AreaClaims();
  private final Lockspace one = SpaceFixture.lockspace();
  private final Lockspace other = SpaceFixture.lockspace();

  /** Its renewal thread. */
  @Actor
  public void one(ZZ_Result result) {
    result.r1 = claims.claim(one, STORAGE, 0, 1024).isEmpty();
  }

  /** Its renewal thread. */
  @Actor
  public void other(ZZ_Result result) {
    result.r2 = claims.claim(other, STORAGE, 512, 1024).isEmpty();
  }
}
