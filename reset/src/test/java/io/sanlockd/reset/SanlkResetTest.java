package io.sanlockd.reset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of sanlk-reset as far as it gets without any daemon (cli.md 10). */
class SanlkResetTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return SanlkReset.run(
        new PrintStream(out, true, StandardCharsets.ISO_8859_1),
        new PrintStream(err, true, StandardCharsets.ISO_8859_1),
        args);
  }

  private String err() {
    return err.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-D | command is required",
        "bogus | lockspace_name is required",
        "reset | lockspace_name is required",
        "clear | lockspace_name is required",
        "bogus ls:1 | unknown command",
        "reset -i 1 a b | -i and -g options are only allowed with a single lockspace_name",
        "reset -g 1 a:1 b:1 | -i and -g options are only allowed with a single lockspace_name",
        "reset a | invalid host_id 0",
        "reset a:0 | invalid host_id 0",
        "reset a:2001 | invalid host_id 2001",
        "-i 2001 reset a | invalid host_id 2001",
        "reset a:-4 | invalid host_id -4",
      })
  void misuseIsToldAsByTheCProgram(String line, String message) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err().strip()).isEqualTo(message);
    assertThat(out.size()).isZero();
  }

  /** The C program takes the digits in front, which may be another host. */
  @ParameterizedTest
  @ValueSource(strings = {"a:4x", "a: 4", "a:b:1", "a:1:2", "a:99999999999", "a:", "a:+4", "a:٤"})
  void hostIdThatIsNoNumberIsRefused(String word) {
    assertThat(run("reset", word)).isEqualTo(2);
    assertThat(err()).startsWith("invalid host_id ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-Z | invalid option -- 'Z'",
        "-i x reset a | invalid number 'x' -- 'i'",
        "-b 2 reset a:1 | invalid number '2' -- 'b'",
        "--sysrq | option '--sysrq-reboot' requires an argument",
      })
  void optionThatIsNotUnderstoodIsToldWithTheUsage(String line, String message) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err()).isEqualTo("sanlk-reset: " + message + "\n");
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).startsWith("sanlk-reset [options] reg|");
  }

  @Test
  void noMoreThan64Lockspaces() {
    String[] words =
        Stream.concat(Stream.of("reset"), IntStream.range(0, 65).mapToObj(i -> "l" + i + ":1"))
            .toArray(String[]::new);
    assertThat(run(words)).isEqualTo(2);
    assertThat(err()).isEqualTo("too many lockspaces (max 64)\n");
  }

  @Test
  void nothingToAskForAndNamesThatCanNotBeAreRefused() {
    assertThat(run("-w", "0", "reset", "a:1")).isEqualTo(2);
    assertThat(run("reset", "x".repeat(49) + ":1")).isEqualTo(2);
    assertThat(run("reg", "a b")).isEqualTo(2);
    assertThat(run("reg", "x".repeat(300))).isEqualTo(2);
  }

  @Test
  void helpAndVersionComeBeforeEverythingElse() {
    assertThat(run("-V", "-Z")).isZero();
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("sanlk-reset version: 3.8.5\n");
    out.reset();
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo(UsageText.of("sanlk-reset"))
        .contains("--native-timeout | -t <num>");
    assertThat(run()).isEqualTo(2);
  }
}
