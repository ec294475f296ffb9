package io.sanlockd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** How much payload a request has, whatever its length field says (4.2). */
class PayloadFramingTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  @Test
  void theLengthFieldIsIgnored() {
    assertThat(required(Command.HOST_STATUS, 0, 32, 0)).isEqualTo(1104);
    assertThat(required(Command.RENEWAL, 0, 32, 0)).isEqualTo(1104);
    assertThat(required(Command.LOOKUP_RINDEX, 0, 1264, 0)).isEqualTo(1168);
    assertThat(required(Command.STATUS, 0, Integer.MAX_VALUE, 3)).isZero();
  }

  @Test
  void everyCommandHasANumberAndIsFoundByIt() {
    assertThat(Command.values()).hasSize(42);
    for (Command command : Command.values()) {
      assertThat(Command.of(command.number())).contains(command);
    }
    assertThat(Command.of(0)).isEmpty();
    assertThat(Command.of(43)).isEmpty();
    assertThat(Command.of(Integer.MIN_VALUE)).isEmpty();
    assertThat(Command.SHUTDOWN_WAIT.number()).isEqualTo(29);
  }

  @Test
  void aReleaseHasAsManyResourcesAsItsModeSays() {
    assertThat(required(Command.RELEASE, 0, 0, 12)).isEqualTo(12 * 128);
    assertThat(required(Command.RELEASE, CommandFlags.RELEASE_ALL, 0, 3)).isZero();
    assertThat(required(Command.RELEASE, CommandFlags.RELEASE_RENAME, 0, 9)).isEqualTo(256);
    assertThat(required(Command.RELEASE, CommandFlags.RELEASE_ORPHAN, 0, 9)).isEqualTo(128);
    assertThat(required(Command.RELEASE, 0, 0, -1)).isEqualTo(PayloadFraming.TOO_LARGE);
    assertThat(required(Command.RELEASE, 0, 0, 1 << 25)).isEqualTo(PayloadFraming.TOO_LARGE);
  }

  @Test
  void anAcquireOfMoreThanEightIsTooLarge() {
    assertThat(required(Command.ACQUIRE, 0, 0, 8)).isEqualTo(128);
    assertThat(required(Command.ACQUIRE, 0, 0, 0)).isEqualTo(56);
    assertThat(required(Command.ACQUIRE, 0, 0, 9)).isEqualTo(PayloadFraming.TOO_LARGE);
    assertThat(required(Command.ACQUIRE, 0, 0, -1)).isEqualTo(PayloadFraming.TOO_LARGE);
  }

  @Test
  void anUnusableDiskCountStopsBehindTheResource() {
    for (int numDisks : new int[] {0, 5, -1, Integer.MIN_VALUE}) {
      ByteBuffer payload = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
      payload.putInt(124, numDisks);
      MessageHeader acquire = new MessageHeader(1, 7, 0, 4096, 0, 2, -1);
      MessageHeader read = new MessageHeader(1, 21, 0, 4096, 0, 0, 0);
      assertThat(PayloadFraming.required(acquire, payload)).isEqualTo(128);
      assertThat(PayloadFraming.required(read, payload)).isEqualTo(128);
      assertThat(PayloadFraming.surplus(acquire, 128)).isEqualTo(4096 - 32 - 128);
    }
  }

  @Test
  void theDiskCountIsLittleEndianWhateverTheBufferSays() {
    ByteBuffer payload = ByteBuffer.allocate(4096).order(ByteOrder.BIG_ENDIAN);
    payload.put(10 + 124, (byte) 3).position(10);
    MessageHeader read = new MessageHeader(1, 21, 0, 0, 0, 0, 0);
    assertThat(PayloadFraming.required(read, payload)).isEqualTo(128 + 3 * 1040);
    assertThat(payload.position()).isEqualTo(10);
  }

  @Test
  void theValueBlockIsWhatTheLengthLeaves() {
    assertThat(required(Command.SET_LVB, 0, 160 + 16, 0)).isEqualTo(128 + 16);
    assertThat(required(Command.SET_LVB, 0, 160 + 4096, 0)).isEqualTo(128 + 4096);
    assertThat(required(Command.SET_LVB, 0, 160 + 4097, 0)).isEqualTo(PayloadFraming.TOO_LARGE);
    assertThat(required(Command.SET_LVB, 0, 32, 0)).isZero();
    assertThat(required(Command.SET_LVB, 0, Integer.MIN_VALUE, 0)).isZero();
  }

  private static int required(Command command, int flags, int length, int data) {
    return PayloadFraming.required(
        new MessageHeader(1, command.number(), flags, length, 0, data, 0), NOTHING);
  }
}
