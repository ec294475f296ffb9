package io.sanlockd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark runs and gives numbers; which numbers is nobody's business here. */
class BenchmarkIT {
  private static final String NUMBER = "[0-9.]+ \\([0-9.]+\\.\\.[0-9.]+\\)";

  @Test
  void shortRowGivesNumbersOfBothPrograms(@TempDir Path directory) throws Exception {
    Path tree = Path.of(System.getProperty("bench.tree"));
    Skip.unlessInstalled(Program.C.isInstalled(tree), "the C sanlock");
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    int exit =
        Benchmark.commandLine(new PrintStream(console, true, StandardCharsets.UTF_8))
            .execute(
                "--rows=pairs1",
                "--storage=file",
                "--seconds=1",
                "--rounds=1",
                "--tree=" + tree,
                "--directory=" + directory,
                "--out=" + directory);
    assertThat(exit).isZero();
    String table = Files.readString(directory.resolve("result.md"));
    assertThat(console.toString(StandardCharsets.UTF_8)).isEqualTo(table);
    assertThat(table.lines())
        .anyMatch(
            line ->
                line.matches(
                    "\\| file \\| EX acquire \\+ release, 1 client \\| pairs/s \\| "
                        + NUMBER
                        + " \\| "
                        + NUMBER
                        + " \\| [0-9.]+ \\| at least 2x \\| (reached|\\*\\*missed\\*\\*) \\|"));
  }
}
