package io.sanlockd.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.helper.HelperMessage.KillPid;
import io.sanlockd.helper.HelperMessage.RunPath;
import io.sanlockd.helper.HelperMessage.WriteSysfs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HelperMessageTest {
  private static byte[] encoded(HelperMessage message) {
    byte[] bytes = new byte[HelperMessage.LENGTH];
    Arrays.fill(bytes, (byte) 0x55);
    message.encode(ByteBuffer.wrap(bytes));
    return bytes;
  }

  @Test
  void killMessageHasTheFieldsOfTheSpecification() {
    byte[] bytes = encoded(new KillPid(0x01020304, 9));
    ByteBuffer expected = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
    expected.put(0, (byte) 2).putInt(8, 0x01020304).putInt(12, 9);
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void runpathMessageHasTheFieldsOfTheSpecification() {
    byte[] bytes = encoded(new RunPath("/bin/x", "a b", 77));
    ByteBuffer expected = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
    expected.put(0, (byte) 1).putInt(8, 77);
    expected.put(16, new byte[] {'/', 'b', 'i', 'n', '/', 'x'});
    expected.put(144, new byte[] {'a', ' ', 'b'});
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void everyKindOfMessageIsDecodedToWhatWasEncoded() {
    String longest = "x".repeat(126) + "\u00ff";
    for (HelperMessage message :
        new HelperMessage[] {
          new KillPid(1234, 15),
          new RunPath(longest, longest, 42),
          new RunPath("", "", 0),
          new WriteSysfs("/sys/block/sda/queue/max_sectors_kb", "1024")
        }) {
      assertThat(HelperMessage.decode(encoded(message))).contains(message);
    }
  }

  @Test
  void textThatDoesNotFitItsFieldIsRefused() {
    assertThatThrownBy(() -> encoded(new RunPath("x".repeat(128), "", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("128");
    assertThatThrownBy(() -> encoded(new RunPath("\u0100", "", 0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> encoded(new RunPath("a\0b", "", 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messageOfUnknownTypeOrLengthIsNotDecoded() {
    assertThat(HelperMessage.decode(new byte[511])).isEmpty();
    assertThat(HelperMessage.decode(new byte[513])).isEmpty();
    assertThat(HelperMessage.decode(new byte[512])).isEmpty();
    byte[] bytes = new byte[512];
    bytes[0] = 4;
    assertThat(HelperMessage.decode(bytes)).isEmpty();
  }

  @Test
  void anyBytesAreDecodedWithoutAnException() {
    Random random = new Random(1);
    byte[] bytes = new byte[512];
    int known = 0;
    for (int i = 0; i < 2000; i++) {
      random.nextBytes(bytes);
      bytes[0] = (byte) (i % 5);
      known += HelperMessage.decode(bytes).isPresent() ? 1 : 0;
    }
    assertThat(known).isEqualTo(1200);
  }
}
