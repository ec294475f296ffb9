package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GetOptTest {
  private static final Map<String, Character> NAMES =
      Map.of("help", 'h', "watchdog", 'w', "sysrq-reboot", 'b', "sysrq-delay", 'd');

  private static GetOpt of(String line) {
    return new GetOpt("prog", "hDw:b:d:", NAMES, line.split(" "));
  }

  /** Letters with values in angle brackets, then the other words. */
  private static String read(String line) throws GetOpt.BadOption {
    GetOpt options = of(line);
    StringBuilder text = new StringBuilder();
    for (char letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      text.append(letter);
      if (letter != 'h' && letter != 'D') {
        text.append('<').append(options.value()).append('>');
      }
    }
    assertThat(options.next()).isEqualTo(GetOpt.END);
    return text + " " + String.join(",", options.operands());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-D -w 0 ls | Dw<0> ls",
        "-Dw0 ls | Dw<0> ls",
        "ls -Dw -1 l2 | Dw<-1> ls,l2",
        "-w -- -D x | w<-->D x",
        "-D -- -w -D -- x | D -w,-D,--,x",
        "--watchdog=0 --watchdog 1 a | w<0>w<1> a",
        "--watchdog= a | w<> a",
        "--wat=0 --he a | w<0>h a",
        "--sysrq-d 4 - b | d<4> -,b",
      })
  void optionsAreReadAsTheLibraryDoes(String line, String expected) throws Exception {
    assertThat(read(line)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-Z,invalid option -- 'Z'",
    "-D:,invalid option -- ':'",
    "-Dw,option requires an argument -- 'w'",
    "--nonsense=1,unrecognized option '--nonsense=1'",
    "--watchdog,option '--watchdog' requires an argument",
    "--help=1,option '--help' doesn't allow an argument"
  })
  void whatIsNotUnderstoodIsNamed(String line, String message) {
    assertThatExceptionOfType(GetOpt.BadOption.class)
        .isThrownBy(() -> read(line))
        .withMessage("prog: " + message);
  }

  @Test
  void anAmbiguousBeginningListsWhatItCouldBe() {
    assertThatExceptionOfType(GetOpt.BadOption.class)
        .isThrownBy(() -> read("--sysrq=1"))
        .withMessage(
            "prog: option '--sysrq=1' is ambiguous; possibilities:"
                + " '--sysrq-delay' '--sysrq-reboot'");
  }

  @Test
  void optionsComeOneByOneSoThatTheRestNeedNotBeRight() throws Exception {
    GetOpt options = of("-h -Z");
    assertThat(options.next()).isEqualTo('h');
  }
}
