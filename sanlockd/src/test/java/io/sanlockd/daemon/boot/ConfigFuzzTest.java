package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Whatever is in the configuration file or on the command line, the daemon knows what to say. */
class ConfigFuzzTest {
  private static final DaemonOptions.Accounts ACCOUNTS =
      new DaemonOptions.Accounts() {
        @Override
        public OptionalInt uid(String user) {
          return user.equals("sanlock") ? OptionalInt.of(102) : OptionalInt.empty();
        }

        @Override
        public OptionalInt gid(String group) {
          return group.equals("sanlock") ? OptionalInt.of(105) : OptionalInt.empty();
        }
      };

  private static List<String> pieces() {
    List<String> pieces =
        new ArrayList<>(
            List.of(
                "\n",
                "\n",
                "=",
                " = ",
                " ",
                "\t",
                "\r",
                "#",
                "0",
                "1",
                "-1",
                "+",
                "-",
                "+all",
                "-all",
                "sanlock",
                "2147483647",
                "2147483648",
                "99999999999999999999",
                "align",
                "ignore",
                "submit",
                "+acquire",
                "12x",
                "\0",
                "x"));
    pieces.addAll(ConfigKeys.names().stream().sorted().toList());
    pieces.addAll(ConfigKeys.names().stream().sorted().map(key -> "\n" + key + " = ").toList());
    return pieces;
  }

  @Test
  void everyConfigurationFileIsReadOrItsLinesAreNamed() throws IOException {
    List<String> pieces = pieces();
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Path file = files.getPath("/sanlock.conf");
      Fuzz.run("configuration files", 2_000, input -> read(input, pieces, file));
    }
  }

  private static void read(Input input, List<String> pieces, Path file) throws IOException {
    String text = input.working(input.text(pieces, 30));
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    DaemonOptions options = new DaemonOptions();
    long lines = text.chars().filter(c -> c == '\n').count() + 1;
    for (ConfigFile.Problem problem : ConfigFile.read(file, options, ACCOUNTS)) {
      assertThat(problem.line()).isBetween(0, (int) lines);
      assertThat(problem.text()).isNotBlank();
    }
    // What decides about safety never leaves its range.
    assertThat(options.ioTimeout).isBetween(1, 255);
    assertThat(options.useWatchdog).isBetween(0, 1);
    assertThat(options.fireTimeout).isBetween(1, 3600);
  }

  @Test
  void everyCommandLineIsUnderstoodOrRefused() {
    List<String> pieces =
        List.of(
            "-",
            "-D",
            "-w",
            "-o",
            "-U",
            "-G",
            "-h",
            "-l",
            "-t",
            "-S",
            "-L",
            "-R",
            "-e",
            "-c",
            "0",
            "1",
            "7",
            "-1",
            "sanlock",
            "99999999999",
            "x",
            "");
    Fuzz.run(
        "daemon arguments",
        2_000,
        input -> {
          String[] args = new String[input.below(8)];
          for (int i = 0; i < args.length; i++) {
            args[i] = input.text(pieces, 2);
          }
          input.working(String.join("\n", args));
          try {
            assertThat(DaemonOptions.parse(args, ACCOUNTS).ioTimeout).isBetween(1, 255);
          } catch (DaemonOptions.BadOption e) {
            assertThat(e.getMessage()).isNotNull();
          }
        });
  }
}
