package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Any arguments give options or a usage error. */
class OptionFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "-s",
          "-r",
          "-p",
          "-D",
          "-c",
          "-f",
          "-i",
          "-g",
          "-Z",
          "-A",
          "-o",
          "-x",
          "-z",
          "-t",
          "-y",
          "-",
          "--",
          "LS:1:/dev/a:0",
          "LS:r1:/dev/a:1M",
          "LS:r1:/dev/a:0:SH",
          "LS",
          ":",
          "0",
          "1",
          "512",
          "4096",
          "1M",
          "8M",
          "-1",
          "99999999999",
          "a",
          "\\",
          "");

  @Test
  void everyCommandLineIsUnderstoodOrRefused() {
    Fuzz.run("command lines", 5_000, OptionFuzzTest::parse);
  }

  private static void parse(Input input) {
    String[] args = new String[input.below(12)];
    for (int i = 0; i < args.length; i++) {
      args[i] = input.onceIn(3) ? input.text(PIECES, 4) : input.oneOf(PIECES);
    }
    input.working(String.join("\n", args));
    Out nowhere = new Out(new ByteArrayOutputStream(), false);
    try {
      ParsedOptions options =
          new OptionParser(new Invocation("sanlock", null, null, null, nowhere, nowhere))
              .parse(args, 0);
      assertThat(options.resources().size()).isBetween(0, 8);
      assertThat(options.hasUsableSizes()).isTrue();
    } catch (UsageError e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
