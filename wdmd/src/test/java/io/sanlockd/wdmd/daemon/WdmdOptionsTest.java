package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sanlockd.posix.GetOpt.BadOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WdmdOptionsTest {
  @Test
  void allOptionsAreRead() throws Exception {
    WdmdOptions options =
        WdmdOptions.parse("-DH1", "-G", "grp", "-S1", "-s", "/x", "-k5", "-w", "/dev/watchdog3");
    assertThat(options.action).isEqualTo(WdmdOptions.Action.RUN);
    assertThat(options.foreground && options.highPriority && options.scripts).isTrue();
    assertThat(options.group).isEqualTo("grp");
    assertThat(options.scriptsDirectory).isEqualTo("/x");
    assertThat(options.killSeconds).isEqualTo(5);
    assertThat(options.device).isEqualTo("/dev/watchdog3");
    assertThat(WdmdOptions.parse("--trytimeout=30", "-F").tryTimeout).isEqualTo(30);
    assertThat(WdmdOptions.parse("--probe").action).isEqualTo(WdmdOptions.Action.PROBE);
    assertThat(WdmdOptions.parse("-d").action).isEqualTo(WdmdOptions.Action.DUMP);
  }

  @Test
  void helpShowsTheValuesLeftOfIt() throws Exception {
    assertThat(WdmdOptions.parse("-H", "1", "-k", "7", "-h", "-Z").help())
        .contains("use high priority features (1 yes, 0 no, default 1)")
        .contains("kill unfinished scripts after num seconds (default 7)")
        .contains("path to scripts dir (default /etc/wdmd.d)");
  }

  /** cli.md 13 no. 12: the C program complains and starts all the same. */
  @ParameterizedTest
  @CsvSource({
    "-Z,wdmd: invalid option -- 'Z'",
    "-H,wdmd: option requires an argument -- 'H'",
    "-H2,wdmd: invalid number '2' -- 'H'",
    "-kx,wdmd: invalid number 'x' -- 'k'",
    "-t0,wdmd: invalid number '0' -- 't'",
    "--nonsense,wdmd: unrecognized option '--nonsense'",
    "--trytimeout,wdmd: option '--trytimeout' requires an argument",
    "word,wdmd: unexpected word 'word'",
    "-F,wdmd: -F is of use only with -t"
  })
  void whatIsNotUnderstoodIsRefused(String word, String message) {
    assertThatExceptionOfType(BadOption.class)
        .isThrownBy(() -> WdmdOptions.parse(word))
        .withMessage(message);
  }

  @Test
  void theDevicePathHasALimit() {
    assertThatExceptionOfType(BadOption.class)
        .isThrownBy(() -> WdmdOptions.parse("-w", "/" + "x".repeat(63)));
  }
}
