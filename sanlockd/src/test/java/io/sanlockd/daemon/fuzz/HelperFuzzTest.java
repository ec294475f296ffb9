package io.sanlockd.daemon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.helper.HelperMessage;
import io.sanlockd.helper.KillpathArguments;
import io.sanlockd.model.fuzz.Fuzz;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What reaches the helper: any message is one of three or none, any arguments make a command. */
class HelperFuzzTest {
  private static final List<String> PIECES =
      List.of(" ", "\\", "\\ ", "\\\\", "a", "-x", "\t", "\0", "--pid", "  ", "\"", "$HOME", "\n");

  @Test
  void everyMessageIsUnderstoodOrIgnored() {
    Fuzz.run(
        "helper messages",
        5_000,
        input -> {
          ByteBuffer buffer = ByteBuffer.allocate(HelperMessage.LENGTH);
          new HelperMessage.RunPath("/bin/true", "-x", 5).encode(buffer);
          byte[] bytes = input.damaged(buffer.array());
          bytes[0] = (byte) input.below(5);
          input.working(input.onceIn(20) ? input.bytes(input.below(1024)) : bytes);
          Optional<HelperMessage> message = HelperMessage.decode(bytes);
          if (message.isPresent()) {
            ByteBuffer again = ByteBuffer.allocate(HelperMessage.LENGTH);
            message.get().encode(again);
            assertThat(HelperMessage.decode(again.array())).isEqualTo(message);
          }
        });
  }

  @Test
  void everyArgumentStringMakesAShortCommand() {
    Fuzz.run(
        "killpath arguments",
        5_000,
        input -> {
          String text = input.working(input.text(PIECES, 20));
          List<String> command = KillpathArguments.command("/k", text, input.below(2));
          assertThat(command).hasSizeBetween(1, KillpathArguments.MAX_STRINGS);
          assertThat(command.get(0)).isEqualTo("/k");
          assertThat(command).noneMatch(word -> word.indexOf('\0') >= 0 || word.isEmpty());
        });
  }
}
