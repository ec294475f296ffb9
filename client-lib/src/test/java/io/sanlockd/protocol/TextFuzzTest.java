package io.sanlockd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** LOCKSPACE, RESOURCE and RINDEX strings, as typed and as sent: a value or the named error. */
class TextFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "LS",
          "r1",
          ":",
          ":",
          ":",
          "/dev/a",
          "/dev/b",
          "0",
          "1",
          "1M",
          "1048576",
          "SH",
          "\\:",
          "\\",
          "\\\\",
          " ",
          ",",
          "-1",
          "99999999999999999999",
          "18446744073709551615",
          "M",
          "%2e",
          "LS:r1:/dev/a:0",
          ":/dev/c:1M",
          ":SH",
          ":7");

  private interface Parser {
    Object parse(String text) throws TextFormatException;
  }

  private static final List<Parser> PARSERS =
      List.of(
          LockspaceText::parse,
          text -> LockspaceText.parseArgument(text, LockspaceText.parse("A:1:/x:0")),
          ResourceText::parse,
          ResourceText::parseArgument,
          IndexText::parseIndex,
          IndexText::parseEntry,
          StateText::parse,
          PathEscaping::imported,
          PathEscaping::exported,
          CNumbers::atoi,
          CNumbers::atoll,
          CNumbers::strtoull,
          CNumbers::scanUnsigned);

  @Test
  void everyStringIsAValueOrTheNamedError() {
    Fuzz.run("texts", 10_000, TextFuzzTest::parse);
  }

  private static void parse(Input input) {
    String text = input.working(input.text(PIECES, 12));
    for (Parser parser : PARSERS) {
      try {
        Object value = parser.parse(text);
        assertThat(value).isNotNull();
        if (value instanceof Resource resource) {
          send(resource);
        } else if (value instanceof Lockspace lockspace) {
          lockspace.encode(ByteBuffer.allocate(Lockspace.LENGTH).order(ByteOrder.LITTLE_ENDIAN));
          assertThat(LockspaceText.format(lockspace)).isNotNull();
        }
      } catch (TextFormatException e) {
        assertThat(e.number()).isNegative();
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  /** What was parsed can be sent and arrives as it was. */
  private static void send(Resource resource) {
    ByteBuffer bytes = ByteBuffer.allocate(resource.encodedLength()).order(ByteOrder.LITTLE_ENDIAN);
    resource.encode(bytes);
    try {
      assertThat(Resource.decodeWithDisks(bytes.flip())).isEqualTo(resource);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
    assertThat(ResourceText.format(resource)).isNotNull();
  }
}
