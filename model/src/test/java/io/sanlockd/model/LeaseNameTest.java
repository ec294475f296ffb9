package io.sanlockd.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LeaseNameTest {
  @Test
  void aNameMayUseAllFortyEightBytesWithoutTerminator() {
    LeaseName name = LeaseName.of("x".repeat(48));
    assertThat(LeaseName.ofField(name.toField())).isEqualTo(name);
    assertThat(name.length()).isEqualTo(48);
  }

  @Test
  void bytesAfterTheFirstZeroDoNotBelongToTheName() {
    byte[] field = LeaseName.of("LS1").toField();
    field[10] = 'z';
    assertThat(LeaseName.ofField(field)).isEqualTo(LeaseName.of("LS1"));
  }

  @Test
  void everyByteSurvivesTheRoundTripThroughText() {
    byte[] field = {(byte) 0xc3, (byte) 0xa4, 'x'};
    assertThat(LeaseName.of(LeaseName.ofField(field).text())).isEqualTo(LeaseName.ofField(field));
  }

  @Test
  void textThatDoesNotFitIsRefusedOrCutOnRequest() {
    assertThatIllegalArgumentException().isThrownBy(() -> LeaseName.of("y".repeat(49)));
    assertThatIllegalArgumentException().isThrownBy(() -> LeaseName.of("a\0b"));
    assertThat(LeaseName.ofTextCut("y".repeat(60)).length()).isEqualTo(48);
  }
}
