package io.sanlockd.lease.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;

/** What a leader record is compared with (disk-format.md 13). */
class LeaderCheckTest {
  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final LeaseName RESOURCE = LeaseName.of("r1");
  private static final LeaseName EMPTY = LeaseName.EMPTY;

  private final BytesStore<?, ?> area = BytesStore.wrap(new byte[1 << 20]);

  private ResultCode look(LeaseName space, LeaseName resource) {
    return LeaderCheck.paxos(area, 0, space, resource, 1).code();
  }

  private ResultCode use(LeaseName space, LeaseName resource) {
    return LeaderCheck.paxosForUse(area, 0, space, resource, 1).code();
  }

  /** Otherwise one lease on disk could be held under two names at once. */
  @Test
  void anEmptyNameStandsForAnyOnlyWhereNothingIsTaken() {
    InitialImage.resource(area, Geometry.S512_A1M, SPACE, RESOURCE, 0);

    assertThat(look(EMPTY, EMPTY)).isEqualTo(ResultCode.OK);
    assertThat(use(SPACE, RESOURCE)).isEqualTo(ResultCode.OK);
    assertThat(use(SPACE, EMPTY)).isEqualTo(ResultCode.LEADER_RESOURCE);
    assertThat(use(EMPTY, RESOURCE)).isEqualTo(ResultCode.LEADER_LOCKSPACE);
  }

  @Test
  void aLeaseWithoutANameCanBeUsedUnderNone() {
    InitialImage.resource(area, Geometry.S512_A1M, SPACE, EMPTY, 0);

    assertThat(use(SPACE, EMPTY)).isEqualTo(ResultCode.OK);
    assertThat(use(SPACE, RESOURCE)).isEqualTo(ResultCode.LEADER_RESOURCE);
  }
}
