package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The command line of {@code sanlock daemon} (cli.md 3, 4), cases recorded with the C program. */
class DaemonOptionsTest {
  private static final DaemonOptions.Accounts ACCOUNTS =
      new DaemonOptions.Accounts() {
        @Override
        public OptionalInt uid(String user) {
          return user.equals("root") ? OptionalInt.of(0) : known(user);
        }

        @Override
        public OptionalInt gid(String group) {
          return group.equals("root") ? OptionalInt.of(0) : known(group);
        }

        private OptionalInt known(String name) {
          return name.equals("sanlock") ? OptionalInt.of(102) : OptionalInt.empty();
        }
      };

  private static DaemonOptions parse(String line) throws DaemonOptions.BadOption {
    return DaemonOptions.parse(line.isEmpty() ? new String[0] : line.split(" ", -1), ACCOUNTS);
  }

  @Test
  void theDefaultsAreThoseOfTheHelpText() throws DaemonOptions.BadOption {
    DaemonOptions options = parse("");

    assertThat(options.foreground).isFalse();
    assertThat(options.quietFail).isEqualTo(1);
    assertThat(options.debugRenew).isZero();
    assertThat(options.renewalHistorySize).isEqualTo(180);
    assertThat(options.logfilePriority).isEqualTo(4);
    assertThat(options.syslogPriority).isEqualTo(3);
    assertThat(options.maxWorkers).isEqualTo(8);
    assertThat(options.graceSeconds()).isEqualTo(40);
    assertThat(options.ioTimeout).isEqualTo(10);
    assertThat(options.useWatchdog).isEqualTo(1);
    assertThat(options.highPriority).isZero();
    assertThat(options.mlockLevel).isEqualTo(1);
    assertThat(options.setBitmapSeconds).isZero();
    assertThat(options.useAio).isEqualTo(1);
    assertThat(options.uid).isEmpty();
    assertThat(options.hostName).isEmpty();
  }

  @Test
  void everyOptionIsUnderstood() throws DaemonOptions.BadOption {
    DaemonOptions options =
        parse(
            "-D -Q 0 -R 1 -H 10 -L 7 -S 6 -U root -G sanlock -t 20 -g 30 -w 0 -h 0 -l 0 -b 60"
                + " -e myhost -a 0 -o 5");

    assertThat(options.foreground).isTrue();
    assertThat(options.quietFail).isZero();
    assertThat(options.debugRenew).isEqualTo(1);
    assertThat(options.renewalHistorySize).isEqualTo(10);
    assertThat(options.logfilePriority).isEqualTo(7);
    assertThat(options.syslogPriority).isEqualTo(6);
    assertThat(options.uid).hasValue(0);
    assertThat(options.gid).hasValue(102);
    assertThat(options.maxWorkers).isEqualTo(20);
    assertThat(options.graceSeconds()).isEqualTo(30);
    assertThat(options.useWatchdog).isZero();
    assertThat(options.mlockLevel).isZero();
    assertThat(options.setBitmapSeconds).isEqualTo(60);
    assertThat(options.hostName.orElseThrow().text()).isEqualTo("myhost");
    assertThat(options.useAio).isZero();
    assertThat(options.ioTimeout).isEqualTo(5);
  }

  @Test
  void thereAreAtLeastTwoWorkersAndNotEndlesslyMany() throws DaemonOptions.BadOption {
    assertThat(parse("-t 1").maxWorkers).isEqualTo(2);
    assertThat(parse("-t -5").maxWorkers).isEqualTo(2);
    assertThat(parse("-t 2000000000").maxWorkers).isEqualTo(DaemonOptions.MAX_WORKERS);
  }

  @Test
  void aGraceOutsideOf0To60IsIgnored() throws DaemonOptions.BadOption {
    assertThat(parse("-g 61").graceSeconds()).isEqualTo(40);
    assertThat(parse("-g -1").graceSeconds()).isEqualTo(40);
    assertThat(parse("-g 0").graceSeconds()).isZero();
    assertThat(parse("-g 60 -g 99").graceSeconds()).isEqualTo(60);
  }

  @Test
  void numbersAreReadAsAtoiDoes() throws DaemonOptions.BadOption {
    assertThat(parse("-H abc").renewalHistorySize).isZero();
    assertThat(parse("-H 7x").renewalHistorySize).isEqualTo(7);
    assertThat(parse("-L -1").logfilePriority).isEqualTo(-1);
  }

  @Test
  void laterOptionsWin() throws DaemonOptions.BadOption {
    assertThat(parse("-H 5 -H 99").renewalHistorySize).isEqualTo(99);
  }

  @Test
  void aLongHostNameIsCutTo48Bytes() throws DaemonOptions.BadOption {
    assertThat(parse("-e " + "x".repeat(60)).hostName.orElseThrow().text())
        .isEqualTo("x".repeat(48));
  }

  @Test
  void anUnknownAccountIsRootWithAComplaint() throws DaemonOptions.BadOption {
    DaemonOptions options = parse("-U nosuchuser -G nosuchgroup");

    assertThat(options.uid).hasValue(0);
    assertThat(options.gid).hasValue(0);
    assertThat(options.complaints)
        .containsExactly(
            "user 'nosuchuser' not found, using uid: 0",
            "group 'nosuchgroup' not found, using uid: 0");
  }

  @Test
  void lettersOfOtherCommandsAreTakenAndMeanNothing() throws DaemonOptions.BadOption {
    assertThat(parse("-s a:1:/x:0 -p 5 -F file -H 3").renewalHistorySize).isEqualTo(3);
  }

  @Test
  void behindTheProgramNothingIsRead() throws DaemonOptions.BadOption {
    assertThat(parse("-H 3 -c program -H 9 -q").renewalHistorySize).isEqualTo(3);
  }

  @Test
  void metricsAreOffUnlessAskedFor() throws DaemonOptions.BadOption {
    assertThat(parse("").metricsSocket).isEmpty();
    assertThat(parse("").metricsPort).isZero();
    DaemonOptions options = parse("--metrics-socket m.sock --metrics-port 9779 -H 3");
    assertThat(options.metricsSocket).contains("m.sock");
    assertThat(options.metricsPort).isEqualTo(9779);
    assertThat(options.renewalHistorySize).isEqualTo(3);
    assertThat(parse("--metrics-socket m.sock --metrics-socket none").metricsSocket).isEmpty();
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    for (String port : new String[] {"65536", "-1", "x", "99999999999"}) {
      assertThatThrownBy(() -> parse("--metrics-port " + port))
          .hasMessage("--metrics-port wants a number from 0 to 65535");
    }
    assertThatThrownBy(() -> parse("--metrics-port"))
        .hasMessage("option '--metrics-port' requires arg");
    assertThatThrownBy(() -> parse("--metrics"))
        .hasMessage("unknown option --metrics\nspace required before option value");
  }

  @Test
  void whatIsNotUnderstoodIsToldInTheWordsOfTheOriginal() {
    assertThatThrownBy(() -> parse("-q 1")).hasMessage("unknown option: q");
    assertThatThrownBy(() -> parse("-E 1")).hasMessage("unknown option: E");
    assertThatThrownBy(() -> parse("-w")).hasMessage("option 'w' requires arg");
    assertThatThrownBy(() -> parse("-q")).hasMessage("option 'q' requires arg");
    assertThatThrownBy(() -> parse("start"))
        .hasMessage("unknown option start\nspace required before option value");
    assertThatThrownBy(() -> parse("-H10"))
        .hasMessage("unknown option -H10\nspace required before option value");
  }
}
