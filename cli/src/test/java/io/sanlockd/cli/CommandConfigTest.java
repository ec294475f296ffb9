package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands take from sanlock.conf (config.md 1). */
class CommandConfigTest {
  @TempDir Path directory;

  private CommandConfig config(String text) throws IOException {
    Path file = directory.resolve("sanlock.conf");
    Files.writeString(file, text);
    return new CommandConfig(file.toString());
  }

  @Test
  void withoutAFileTheDefaultsHold() {
    CommandConfig config = new CommandConfig(directory.resolve("none").toString());
    assertThat(config.ioTimeoutSeconds()).isEqualTo(10);
    assertThat(config.fireTimeoutSeconds()).isEqualTo(60);
    assertThat(config.initSeconds()).isEqualTo(60);
  }

  @Test
  void theThreeKeysAreObeyedAndTheLastLineWins() throws IOException {
    CommandConfig config =
        config(
            """
            # write_init_io_timeout = 1
            write_init_io_timeout = 20
            write_init_io_timeout = 300 # remark
            io_timeout=5
            watchdog_fire_timeout = 30
            use_watchdog = 0
            """);
    assertThat(config.initSeconds()).isEqualTo(300);
    assertThat(config.ioTimeoutSeconds()).isEqualTo(5);
    assertThat(config.fireTimeoutSeconds()).isEqualTo(30);
  }

  /** As the daemon does it, for which the default run directory is the same named or not. */
  @Test
  void theFlightRecordIsWhereTheDaemonKeepsIt() throws IOException {
    CommandConfig none = config("");
    assertThat(none.flightFile(null)).isEqualTo("/var/lib/sanlock/flight");
    assertThat(none.flightFile("/run/sanlock")).isEqualTo("/var/lib/sanlock/flight");
    assertThat(none.flightFile("/tmp/run")).isEqualTo("/tmp/run/flight");
    CommandConfig named =
        config(
            """
            flight_record_file = /srv/flight
            flight_record_file = flight
            flight_record_file = /srv/
            """);
    assertThat(named.flightFile("/tmp/run")).isEqualTo("/srv/flight");
  }

  @Test
  void metricsAreWhereTheDaemonServesThem() throws IOException {
    CommandConfig none = config("metrics_port = 65536\nmetrics_port = -1\n");
    assertThat(none.metricsSocket()).isEmpty();
    assertThat(none.metricsPort()).isZero();
    CommandConfig both = config("metrics_socket = m.sock\nmetrics_port = 9779\n");
    assertThat(both.metricsSocket()).contains("m.sock");
    assertThat(both.metricsPort()).isEqualTo(9779);
    CommandConfig off = config("metrics_socket = m.sock\nmetrics_socket = none\n");
    assertThat(off.metricsSocket()).isEmpty();
  }

  @Test
  void badValuesChangeNothing() throws IOException {
    CommandConfig config =
        config(
            """
            write_init_io_timeout = 0
            io_timeout = 256
            io_timeout = often
            io_timeout
             io_timeout = 3
            watchdog_fire_timeout = -1
            """);
    assertThat(config.initSeconds()).isEqualTo(60);
    assertThat(config.ioTimeoutSeconds()).isEqualTo(10);
    assertThat(config.fireTimeoutSeconds()).isEqualTo(60);
  }
}
