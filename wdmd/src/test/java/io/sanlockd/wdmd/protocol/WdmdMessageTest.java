package io.sanlockd.wdmd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Bytes of wdmd.md 3, as the C library sends them on x86-64 (see the test with C clients). */
class WdmdMessageTest {
  private final WdmdMessage message = WdmdMessage.allocate();

  @Test
  void testLiveHasItsTimesAtOffsets32And40() {
    message.begin(WdmdCommand.TEST_LIVE);
    message.renewalTime(0x0102030405060708L);
    message.expireTime(0x1112131415161718L);
    assertThat(hex(0, 48))
        .isEqualTo(
            "00000000 04000000 00000000 00000000 00000000 00000000 0000000000000000"
                + " 0807060504030201 1817161514131211");
    assertThat(hex(48, 176)).matches("[0 ]+");
  }

  @Test
  void statusReplyHasIntervalTimeoutAndLastPing() {
    message.begin(WdmdCommand.STATUS);
    message.testIntervalSeconds(10);
    message.fireTimeoutSeconds(60);
    message.lastKeepalive(1184);
    assertThat(hex(0, 32))
        .isEqualTo("00000000 05000000 00000000 00000000 0a000000 3c000000 a004000000000000");
    assertThat(message.command()).isEqualTo(WdmdCommand.STATUS);
    assertThat(message.testIntervalSeconds()).isEqualTo(10);
    assertThat(message.fireTimeoutSeconds()).isEqualTo(60);
    assertThat(message.lastKeepalive()).isEqualTo(1184);
  }

  @Test
  void aNameIsCutTo127BytesAndIsOneByteForEachChar() {
    message.begin(WdmdCommand.REGISTER);
    message.name("sanlock_\u00e4:1");
    assertThat(message.name()).isEqualTo("sanlock_\u00e4:1");
    assertThat(message.buffer().get(48 + 8)).isEqualTo((byte) 0xe4);
    message.name("x".repeat(300));
    assertThat(message.name()).isEqualTo("x".repeat(127));
    assertThat(message.buffer().get(175)).isZero();
    message.name("y");
    assertThat(message.name()).isEqualTo("y");
    assertThatIllegalArgumentException().isThrownBy(() -> message.name("a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> message.name("\u0100"));
  }

  @Test
  void aNameOf128BytesWithoutZeroIsReadUpTo127() {
    message.begin(WdmdCommand.REGISTER);
    for (int at = 48; at < WdmdMessage.BYTES; at++) {
      message.buffer().put(at, (byte) 'z');
    }
    assertThat(message.name()).isEqualTo("z".repeat(127));
  }

  @Test
  void beginLeavesNothingOfTheMessageBefore() {
    message.begin(WdmdCommand.REGISTER);
    message.name("x".repeat(127));
    message.buffer().putInt(0, -1).putInt(12, -1).position(100);
    message.begin(WdmdCommand.REFCOUNT_SET);
    assertThat(hex(0, 16)).isEqualTo("00000000 02000000 00000000 00000000");
    assertThat(hex(16, 176)).matches("[0 ]+");
    assertThat(message.buffer().remaining()).isEqualTo(176);
  }

  @Test
  void unknownNumbersAreUnknown() {
    for (int number : new int[] {0, -1, 8, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(WdmdCommand.of(number)).isEqualTo(WdmdCommand.UNKNOWN);
    }
    for (WdmdCommand command : WdmdCommand.values()) {
      assertThat(WdmdCommand.of(command.number())).isEqualTo(command);
    }
  }

  /** Fields as in the table: words of 4 bytes up to 24, then of 8. */
  private String hex(int from, int to) {
    byte[] bytes = new byte[to - from];
    message.buffer().get(from, bytes);
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.length; ) {
      int size = from + at < 24 ? 4 : 8;
      text.append(at == 0 ? "" : " ").append(HexFormat.of().formatHex(bytes, at, at + size));
      at += size;
    }
    return text.toString();
  }
}
