package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Old holdings do not pass. */
class FencingGateTest {
  private final FencingGate gate = new FencingGate();

  private static FencingToken token(LeaseMode mode, long hostId, long version) {
    return new FencingToken("ls", "r:1", mode, hostId, 1, version);
  }

  private static FencingToken exclusive(long hostId, long version) {
    return token(LeaseMode.EXCLUSIVE, hostId, version);
  }

  private static FencingToken shared(long hostId, long version) {
    return token(LeaseMode.SHARED, hostId, version);
  }

  @Test
  void newerHoldingShutsOutTheOlder() {
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    assertThat(gate.admit(exclusive(2, 6))).isEmpty();
    assertThat(gate.admit(exclusive(1, 5))).contains(exclusive(2, 6));
    assertThat(gate.admit(shared(1, 5))).contains(exclusive(2, 6));
    assertThat(gate.state("ls", "r:1").exclusive()).contains(exclusive(2, 6));
  }

  @Test
  void versionsAreUnsigned() {
    assertThat(gate.admit(exclusive(1, Long.MAX_VALUE))).isEmpty();
    assertThat(gate.admit(exclusive(1, Long.MIN_VALUE))).isEmpty();
    assertThat(gate.admit(exclusive(1, Long.MAX_VALUE))).isPresent();
  }

  @Test
  void sharedHoldingsPassTogetherAndShutOutTheExclusiveOneBefore() {
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    assertThat(gate.admit(shared(2, 7))).isEmpty();
    assertThat(gate.admit(shared(1, 6))).isEmpty();
    assertThat(gate.admit(exclusive(1, 5))).contains(shared(2, 7));
    assertThat(gate.admit(exclusive(1, 8))).isEmpty();
    assertThat(gate.admit(shared(2, 7))).contains(exclusive(1, 8));
  }

  @Test
  void exclusiveTokenDoesNotPassAfterItsHolderBecameShared() {
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    assertThat(gate.admit(shared(1, 5))).isEmpty();
    assertThat(gate.admit(exclusive(1, 5))).contains(shared(1, 5));
  }

  @Test
  void twoHoldersOfOneVersionAreNotBothRight() {
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    assertThat(gate.admit(exclusive(2, 5))).contains(exclusive(1, 5));
  }

  @Test
  void leasesAreIndependentAndCanBeForgotten() {
    assertThat(gate.admit(exclusive(1, 5))).isEmpty();
    FencingToken other = new FencingToken("ls", "r2", LeaseMode.EXCLUSIVE, 1, 1, 1);
    assertThat(gate.admit(other)).isEmpty();
    gate.forget("ls", "r:1");
    assertThat(gate.admit(exclusive(1, 1))).isEmpty();
  }

  @Test
  void textOfATokenIsReadBack() {
    FencingToken token = new FencingToken("l s", "r:ä/%", LeaseMode.SHARED, -1, Long.MIN_VALUE, 12);
    assertThat(token.toText())
        .isEqualTo("sanlock1:l+s:r%3A%C3%A4%2F%25:SH:18446744073709551615:9223372036854775808:12");
    assertThat(FencingToken.parse(token.toText())).isEqualTo(token);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sanlock1:a:b:EX:1:1",
        "sanlock2:a:b:EX:1:1:1",
        "sanlock1:a:b:XX:1:1:1",
        "sanlock1:a:b:EX:1:1:x",
        "sanlock1::b:EX:1:1:1",
        "sanlock1:a:b:EX:1:1:1:1"
      })
  void otherTextIsNoToken(String text) {
    assertThatThrownBy(() -> FencingToken.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
