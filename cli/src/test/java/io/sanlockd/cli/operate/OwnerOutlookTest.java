package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.protocol.HostState;
import java.time.LocalTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a lease can be free: 8 io_timeouts of its owner and the fire timeout (timeouts.md 1). */
class OwnerOutlookTest {
  private static final LocalTime NOON = LocalTime.of(12, 0);

  private static OwnerOutlook outlook(HostState state, long generation, long lastLive, int io) {
    LeaseOwner owner = new LeaseOwner(2, 5, state, Optional.of("node-b"));
    HostSight sight = new HostSight(2, 2, generation, 900, 1000, lastLive, io, "node-b");
    return new OwnerOutlook(owner, Optional.of(sight), 1000, 60);
  }

  @Test
  void aLiveOwnerIsNamedWithItsLastRenewalAndTheEarliestMoment() {
    OwnerOutlook live = outlook(HostState.LIVE, 5, 997, 10);
    assertThat(live.evidence(NOON))
        .isEqualTo(
            "host 2 (node-b), generation 5, LIVE: a renewal was last seen 3 s ago (11:59:57)");
    assertThat(live.secondsUntilDead()).contains(138L);
    assertThat(live.outlook(NOON))
        .contains("as soon as it is released there")
        .contains("at the earliest in 138 s (12:02:18): 8 x io_timeout 10 s + 60 s");
  }

  @Test
  void theIoTimeoutOfTheOwnerCounts() {
    assertThat(outlook(HostState.FAIL, 5, 900, 20).secondsUntilDead()).contains(121L);
    assertThat(outlook(HostState.FAIL, 5, 900, 10).secondsUntilDead()).contains(41L);
    assertThat(outlook(HostState.FAIL, 5, 900, 0).secondsUntilDead()).contains(41L);
  }

  @Test
  void anOwnerThatIsDeadNeedsNoWaiting() {
    OwnerOutlook dead = outlook(HostState.DEAD, 5, 100, 10);
    assertThat(dead.outlook(NOON)).contains("the next acquire can take the lease");
    assertThat(dead.secondsUntilDead()).contains(0L);
  }

  @Test
  void renewalsOfALaterLifeOfTheHostSayNothing() {
    OwnerOutlook former = outlook(HostState.UNKNOWN, 6, 999, 10);
    assertThat(former.ageSeconds()).isEmpty();
    assertThat(former.outlook(NOON)).contains("141 s after it ends");
  }

  @Test
  void withoutSightOfTheHostTheRuleRemains() {
    LeaseOwner owner = new LeaseOwner(3, 1, HostState.UNKNOWN, Optional.empty());
    OwnerOutlook outlook = new OwnerOutlook(owner, Optional.empty(), 1000, 60);
    assertThat(outlook.evidence(NOON)).isEqualTo("host 3, generation 1, UNKNOWN");
    assertThat(outlook.outlook(NOON)).contains("8 x io_timeout 10 s + 60 s");
  }
}
