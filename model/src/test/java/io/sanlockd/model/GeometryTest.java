package io.sanlockd.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GeometryTest {
  @Test
  void leaderFlagsNameTheAlignSizeAndTheSmallestWins() {
    assertThat(Geometry.ofLeader(4096, 0x20)).contains(Geometry.S4096_A2M);
    assertThat(Geometry.ofLeader(4096, 0xc0)).contains(Geometry.S4096_A4M);
    assertThat(Geometry.ofLeader(512, 0x80)).isEmpty();
  }

  @Test
  void leaderWithoutAlignFlagFollowsTheOldRule() {
    assertThat(Geometry.ofLeader(512, 0x1)).contains(Geometry.S512_A1M);
    assertThat(Geometry.ofLeader(4096, 0)).contains(Geometry.S4096_A8M);
    assertThat(Geometry.ofLeader(1024, 0)).isEmpty();
  }

  @Test
  void apiFlagsNeedBothSizesAndRoundTrip() {
    assertThat(Geometry.ofApiFlags(0x100)).isEmpty();
    assertThat(Geometry.ofApiFlags(0x10)).isEmpty();
    assertThat(Geometry.ofApiFlags(0x100 | 0x80)).isEmpty();
    for (Geometry geometry : Geometry.values()) {
      assertThat(Geometry.ofApiFlags(geometry.apiFlags())).contains(geometry);
      assertThat(Geometry.ofLeader(geometry.sectorSize(), geometry.alignFlag())).contains(geometry);
    }
  }

  @Test
  void flagsAgreeWhenEachSizeTheyNameIsRight() {
    assertThat(Geometry.S512_A1M.agreesWith(0)).isTrue();
    assertThat(Geometry.S512_A1M.agreesWith(0x10)).isTrue();
    assertThat(Geometry.S512_A1M.agreesWith(0x100)).isTrue();
    assertThat(Geometry.S512_A1M.agreesWith(0x110)).isTrue();
    assertThat(Geometry.S512_A1M.agreesWith(0x20)).isFalse();
    assertThat(Geometry.S512_A1M.agreesWith(0x200)).isFalse();
    assertThat(Geometry.S512_A1M.agreesWith(0x120)).isFalse();
    assertThat(Geometry.S4096_A8M.agreesWith(0x280)).isTrue();
    assertThat(Geometry.S4096_A8M.agreesWith(0x180)).isFalse();
  }
}
