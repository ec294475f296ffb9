package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.lease.LogDetail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code sanlock.conf} (config.md 2 to 4); the cases recorded with the C program. */
class ConfigFileTest {
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

  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path file = files.getPath("/sanlock.conf");
  private final DaemonOptions options = new DaemonOptions();

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  private List<String> read(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return ConfigFile.read(file, options, ACCOUNTS).stream().map(p -> p.of(file)).toList();
  }

  @Test
  void withoutAFileThereIsNothingToSay() {
    assertThat(ConfigFile.read(file, options, ACCOUNTS)).isEmpty();
    assertThat(options.useWatchdog).isEqualTo(1);
  }

  @Test
  void everyKeyIsUnderstood() throws IOException {
    List<String> problems =
        read(
            """
            quiet_fail = 0
            debug_renew=1
            use_aio = 0
            logfile_priority = 7
            logfile_use_utc = 1
            syslog_priority = -1
            names_log_priority = 3
            use_watchdog = 0
            high_priority = 1
            mlock_level = 2
            sh_retries = 3
            uname = sanlock
            gname = sanlock
            our_host_name = confhost
            renewal_read_extend_sec = 0
            renewal_history_size = 11
            paxos_debug_all = 1
            debug_io = submit,complete
            debug_clients = 1
            debug_cmd = +all
            max_sectors_kb = align
            write_init_io_timeout = 5
            max_worker_threads = 1
            io_timeout = 3
            watchdog_fire_timeout = 30
            kill_grace_seconds = 20
            metrics_socket = metrics.sock
            metrics_port = 9779
            """);

    assertThat(problems).isEmpty();
    assertThat(options.metricsSocket).contains("metrics.sock");
    assertThat(options.metricsPort).isEqualTo(9779);
    assertThat(options.quietFail).isZero();
    assertThat(options.debugRenew).isEqualTo(1);
    assertThat(options.useAio).isZero();
    assertThat(options.logfilePriority).isEqualTo(7);
    assertThat(options.logfileUtc).isTrue();
    assertThat(options.syslogPriority).isEqualTo(-1);
    assertThat(options.useWatchdog).isZero();
    assertThat(options.highPriority).isEqualTo(1);
    assertThat(options.mlockLevel).isEqualTo(2);
    assertThat(options.sharedRetries).isEqualTo(3);
    assertThat(options.uid).hasValue(102);
    assertThat(options.gid).hasValue(105);
    assertThat(options.userName).contains("sanlock");
    assertThat(options.hostName.orElseThrow().text()).isEqualTo("confhost");
    assertThat(options.renewalReadExtendSeconds).isZero();
    assertThat(options.renewalHistorySize).isEqualTo(11);
    assertThat(options.namesLogPriority).isEqualTo(3);
    assertThat(options.logIoSubmit).isTrue();
    assertThat(options.logIoComplete).isTrue();
    assertThat(options.logDetails())
        .containsExactlyInAnyOrder(
            LogDetail.PAXOS, LogDetail.RENEWAL, LogDetail.CLIENTS, LogDetail.CONTENTION);
    assertThat(options.debugClients).isEqualTo(1);
    assertThat(options.debugCommands).isEqualTo(-1L);
    assertThat(options.maxSectors).isEqualTo(MaxSectors.ALIGN);
    assertThat(options.writeInitIoTimeout).isEqualTo(5);
    assertThat(options.maxWorkers).isEqualTo(2);
    assertThat(options.ioTimeout).isEqualTo(3);
    assertThat(options.fireTimeout).isEqualTo(30);
    assertThat(options.graceSeconds()).isEqualTo(20);
  }

  @Test
  void oneWordOfDebugIoIsOneOfTheTwo() throws IOException {
    assertThat(read("debug_io = submit\n")).isEmpty();
    assertThat(options.logIoSubmit).isTrue();
    assertThat(options.logIoComplete).isFalse();
    assertThat(read("debug_io = xcompletex\n")).isEmpty();
    assertThat(options.logIoSubmit).isFalse();
    assertThat(options.logIoComplete).isTrue();
  }

  @Test
  void withoutDebugKeysNoDetailsAreLogged() throws IOException {
    assertThat(read("")).isEmpty();
    assertThat(options.logDetails()).isEmpty();
    assertThat(options.namesLogPriority).isEqualTo(4);
    assertThat(read("debug_renew = 2\n")).isEmpty();
    assertThat(options.logDetails())
        .containsExactlyInAnyOrder(LogDetail.RENEWAL, LogDetail.LEASE_CHECK);
  }

  @Test
  void commentsAndWhiteSpaceAreReadAsRecorded() throws IOException {
    List<String> problems =
        read(
            """
            # comment

              quiet_fail = 0
            \tsh_retries = 9
            sh_retries=5# tail
            renewal_history_size = 12 # tail
            unknown_key = 3
            QUIET_FAIL = 0
            """);

    assertThat(options.quietFail).isEqualTo(1);
    assertThat(options.sharedRetries).isEqualTo(5);
    assertThat(options.renewalHistorySize).isEqualTo(12);
    assertThat(problems)
        .containsExactly(
            "/sanlock.conf line 3: ignored, a key starts in the first column; remove what precedes",
            "/sanlock.conf line 4: ignored, a key starts in the first column; remove what precedes",
            "/sanlock.conf line 5: sh_retries = 5#: not a number, read as 5",
            "/sanlock.conf line 7: ignored, there is no key \"unknown_key\"; see the sample file",
            "/sanlock.conf line 8: ignored, there is no key \"QUIET_FAIL\"; see the sample file");
  }

  /** In the C program such a line takes the number of the one before. */
  @Test
  void upstreamDefectAKeyWithoutValueTakesNoOtherKeysNumber() throws IOException {
    List<String> problems = read("sh_retries = 4\nrenewal_history_size\nquiet_fail =\n");

    assertThat(options.sharedRetries).isEqualTo(4);
    assertThat(options.renewalHistorySize).isEqualTo(180);
    assertThat(options.quietFail).isEqualTo(1);
    assertThat(problems)
        .containsExactly(
            "/sanlock.conf line 2: ignored, renewal_history_size has no value; write"
                + " renewal_history_size = VALUE",
            "/sanlock.conf line 3: ignored, quiet_fail has no value; write quiet_fail = VALUE");
  }

  @Test
  void textForANumberIsZeroButNeverSwitchesTheWatchdogOff() throws IOException {
    List<String> problems =
        read("sh_retries = abc\nrenewal_history_size = 7x\nuse_watchdog = yes\n");

    assertThat(options.sharedRetries).isZero();
    assertThat(options.renewalHistorySize).isEqualTo(7);
    assertThat(options.useWatchdog).isEqualTo(1);
    assertThat(problems)
        .containsExactly(
            "/sanlock.conf line 1: sh_retries = abc: not a number, read as 0",
            "/sanlock.conf line 2: renewal_history_size = 7x: not a number, read as 7",
            "/sanlock.conf line 3: use_watchdog = yes: ignored, not a number");
  }

  @Test
  void numbersOutOfTheirRangeAreIgnored() throws IOException {
    List<String> problems =
        read(
            """
            kill_grace_seconds = 61
            io_timeout = 0
            io_timeout = 256
            watchdog_fire_timeout = 0
            write_init_io_timeout = -1
            use_watchdog = 2
            metrics_port = 65536
            """);

    assertThat(problems).hasSize(7).allMatch(p -> p.contains("ignored, not between"));
    assertThat(options.graceSeconds()).isEqualTo(40);
    assertThat(options.ioTimeout).isEqualTo(10);
    assertThat(options.fireTimeout).isEqualTo(60);
    assertThat(options.writeInitIoTimeout).isEqualTo(60);
    assertThat(options.useWatchdog).isEqualTo(1);
  }

  @Test
  void numbersThatNeedNoLimitHaveNoneButThatOfAnInt() throws IOException {
    assertThat(read("high_priority = 5\nwrite_init_io_timeout = 600\n")).isEmpty();
    assertThat(options.highPriority).isEqualTo(5);
    assertThat(options.writeInitIoTimeout).isEqualTo(600);

    assertThat(read("quiet_fail = 4294967296\nsh_retries = 99999999999999999999\n"))
        .hasSize(2)
        .allMatch(p -> p.contains("ignored, not between 0 and 2147483647"));
    assertThat(options.quietFail).isEqualTo(1);
    assertThat(options.sharedRetries).isEqualTo(8);
  }

  @Test
  void maxSectorsTakesEvenNumbersAndTwoWords() throws IOException {
    assertThat(read("max_sectors_kb = 512\n")).isEmpty();
    assertThat(options.maxSectors).isEqualTo(MaxSectors.of(512));
    assertThat(read("max_sectors_kb = ignore\n")).isEmpty();
    assertThat(options.maxSectors).isEqualTo(MaxSectors.IGNORE);
    assertThat(read("max_sectors_kb = 511\nmax_sectors_kb = 8194\nmax_sectors_kb = foo\n"))
        .hasSize(3)
        .first()
        .asString()
        .contains("ignore invalid num max_sectors_kb 511");
    assertThat(options.maxSectors).isEqualTo(MaxSectors.IGNORE);
  }

  @Test
  void debugCommandsAddUp() throws IOException {
    assertThat(read("debug_cmd = -all\ndebug_cmd = +acquire\ndebug_cmd = +status\n")).isEmpty();
    assertThat(options.debugCommands).isEqualTo(0xa0);
    assertThat(read("debug_cmd = +nosuch\ndebug_cmd = acquire\n")).hasSize(2);
    assertThat(options.debugCommands).isEqualTo(0xa0);
  }

  @Test
  void theGraceTimeFollowsAShorterWatchdog() throws IOException {
    read("watchdog_fire_timeout = 59\n");
    assertThat(options.graceSeconds()).isEqualTo(15);
    read("watchdog_fire_timeout = 29\n");
    assertThat(options.graceSeconds()).isZero();
    read("kill_grace_seconds = 7\n");
    assertThat(options.graceSeconds()).isEqualTo(7);
  }

  @Test
  void aLineIsCutAt127Bytes() throws IOException {
    String comment = "#" + "c".repeat(126);

    assertThat(read(comment + "\nsh_retries = 4\n")).isEmpty();
    assertThat(options.sharedRetries).isEqualTo(4);
    assertThat(read(comment + "renewal_history_size = 5\n"))
        .containsExactly(
            "/sanlock.conf line 1: what follows byte 127 is read as a line of its own; shorten it");
    assertThat(options.renewalHistorySize).isEqualTo(5);
  }

  @Test
  void carriageReturnsRepetitionsAndAMissingNewlineDoNoHarm() throws IOException {
    assertThat(read("sh_retries = 4\r\nquiet_fail = 0\r\nuname = sanlock\r\n\r\n")).isEmpty();
    assertThat(options.quietFail).isZero();
    assertThat(options.userName).contains("sanlock");
    assertThat(read("sh_retries = 4\nsh_retries = 6")).isEmpty();
    assertThat(options.sharedRetries).isEqualTo(6);
  }

  @Test
  void anUnknownAccountIsReported() throws IOException {
    assertThat(read("uname = nobodyhere\ngname = nobodyhere\n")).hasSize(2);
    assertThat(options.uid).hasValue(0);
    assertThat(options.userName).isEmpty();
  }

  @Test
  void bytesThatAreNoTextAreOnlyUnknownKeys() throws IOException {
    Files.write(file, new byte[] {0, (byte) 0xff, '=', '\n', '=', '\n', (byte) 0x80});

    assertThat(ConfigFile.read(file, options, ACCOUNTS)).hasSize(3);
  }

  @Test
  void aFileThatCanNotBeReadOrIsTooLargeIsReported() throws IOException {
    Files.createDirectory(file);
    assertThat(ConfigFile.read(file, options, ACCOUNTS)).hasSize(1);
    Files.delete(file);
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThat(ConfigFile.read(file, options, ACCOUNTS)).hasSize(1);
  }

  @Test
  void theCommandLineWins() throws Exception {
    Files.writeString(file, "quiet_fail = 0\nrenewal_history_size = 5\nfoo = 1\n");

    DaemonOptions merged = DaemonOptions.read(file, new String[] {"-Q", "1", "-H", "99"}, ACCOUNTS);

    assertThat(merged.quietFail).isEqualTo(1);
    assertThat(merged.renewalHistorySize).isEqualTo(99);
    assertThat(merged.warnings).hasSize(1);
  }

  @Test
  void theFlightRecordHasASizeWithinLimitsAndAnAbsoluteName() throws IOException {
    assertThat(read("flight_record_size_kb = 0\nflight_record_file = /x/flight\n")).isEmpty();
    assertThat(options.flightKilobytes).isZero();
    assertThat(options.flightFile).contains(Path.of("/x/flight"));
    assertThat(read("flight_record_size_kb = 64\n")).isEmpty();
    assertThat(options.flightKilobytes).isEqualTo(64);
    for (String bad : List.of("63", "16385", "-1", "4M", "much")) {
      assertThat(read("flight_record_size_kb = " + bad + "\n")).as(bad).hasSize(1);
    }
    assertThat(read("flight_record_file = flight\n")).hasSize(1);
    assertThat(read("flight_record_file = /x/\n")).hasSize(1);
    assertThat(options.flightKilobytes).isEqualTo(64);
    assertThat(options.flightFile).contains(Path.of("/x/flight"));
  }

  @Test
  void thePackagedFileNamesEveryKeyWithItsDefault() throws IOException {
    String sample =
        Files.readString(Path.of("../packaging/src/main/dist/etc/sanlock/sanlock.conf"));
    String active =
        sample
            .lines()
            .filter(line -> line.matches("# [a-z_]+ = \\S.*"))
            .map(line -> line.substring(2))
            .reduce("", (all, line) -> all + line + "\n");

    assertThat(
            ConfigFile.read(
                Path.of("../packaging/src/main/dist/etc/sanlock/sanlock.conf"),
                new DaemonOptions(),
                ACCOUNTS))
        .isEmpty();
    assertThat(read(active)).isEmpty();
    assertThat(options)
        .usingRecursiveComparison()
        .ignoringFields(
            "uid", "gid", "userName", "grace", "debugCommands", "logIoSubmit", "logIoComplete")
        .isEqualTo(new DaemonOptions());
    assertThat(sample.lines().filter(line -> line.matches("# [a-z_]+ =.*")))
        .map(line -> line.split(" ", 3)[1])
        .containsExactlyInAnyOrderElementsOf(ConfigKeys.names());
  }

  @Test
  void checkTellsEveryProblemAndItsStatus() throws IOException {
    Path real = Files.createTempFile("sanlock", ".conf");
    try {
      Files.writeString(real, "use_watchdog = no\nfoo\n");
      assertThat(check("check", real.toString()))
          .isEqualTo(
              "1\n"
                  + real
                  + " line 1: use_watchdog = no: ignored, not a number\n"
                  + real
                  + " line 2: ignored, there is no key \"foo\"; see the sample file\n");
      Files.writeString(real, "use_watchdog = 1\n");
      assertThat(check("check", real.toString())).isEqualTo("0\n" + real + ": in order\n");
      assertThat(check("check", real + ".none")).startsWith("1\n").contains("no such file");
      assertThat(check("chekc")).startsWith("1\nusage: ");
    } finally {
      Files.delete(real);
    }
  }

  private static String check(String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.ISO_8859_1);
    int status = ConfigCommand.run(words, ACCOUNTS, out, out);
    return status + "\n" + bytes.toString(StandardCharsets.ISO_8859_1);
  }
}
