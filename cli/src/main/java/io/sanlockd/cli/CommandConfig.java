package io.sanlockd.cli;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.ConfigLine;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.protocol.CNumbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code sanlock.conf} says to commands (config.md 1). Read when first asked, because most
 * commands ask nothing. What is wrong in the file is the daemon's to report.
 */
final class CommandConfig {
  private static final int DEFAULT_INIT_SECONDS = 60;
  private static final int MAX_FIRE_TIMEOUT = 3600;
  private static final int MAX_PORT = 65_535;
  private static final int ANY = Integer.MAX_VALUE;

  private final String file;
  private boolean isRead;
  private int ioTimeoutSeconds = LeaseTimes.DEFAULT_IO_TIMEOUT;
  private int fireTimeoutSeconds = LeaseTimes.DEFAULT_FIRE_TIMEOUT;
  private int initSeconds = DEFAULT_INIT_SECONDS;
  private Optional<String> flightFile = Optional.empty();
  private Optional<String> metricsSocket = Optional.empty();
  private int metricsPort;

  CommandConfig(String file) {
    this.file = file;
  }

  /** The io timeout that {@code -o} replaces. */
  int ioTimeoutSeconds() {
    read();
    return ioTimeoutSeconds;
  }

  /** From the last ping of a watchdog to the reset, on every host. */
  int fireTimeoutSeconds() {
    read();
    return fireTimeoutSeconds;
  }

  /** Limit of the I/O that writes a new area. */
  int initSeconds() {
    read();
    return initSeconds;
  }

  /**
   * Where the daemon keeps its flight record.
   *
   * @param runDirectory what the environment names as run directory, null for the default
   */
  String flightFile(String runDirectory) {
    read();
    return flightFile.orElse(FlightLayout.defaultFile(runDirectory));
  }

  /** The socket where the daemon serves metrics; a relative path lies in its run directory. */
  Optional<String> metricsSocket() {
    read();
    return metricsSocket;
  }

  /** The port of 127.0.0.1 where the daemon serves metrics, 0 for none. */
  int metricsPort() {
    read();
    return metricsPort;
  }

  private void read() {
    if (isRead) {
      return;
    }
    isRead = true;
    try {
      Path path = Path.of(file);
      if (Files.size(path) <= ConfigLine.FILE_BYTES) {
        apply(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // As for the C program: a file that can not be read says nothing.
    }
  }

  private void apply(String text) {
    for (ConfigLine line : ConfigLine.of(text)) {
      if (line.saysNothing() || line.value().isEmpty()) {
        continue;
      }
      int number = CNumbers.atoi(line.value().get());
      switch (line.key()) {
        case "io_timeout" ->
            ioTimeoutSeconds = within(number, LeaseTimes.MAX_IO_TIMEOUT, ioTimeoutSeconds);
        case "watchdog_fire_timeout" ->
            fireTimeoutSeconds = within(number, MAX_FIRE_TIMEOUT, fireTimeoutSeconds);
        case "write_init_io_timeout" -> initSeconds = within(number, ANY, initSeconds);
        case "flight_record_file" ->
            flightFile = line.value().filter(FlightLayout::isPlace).or(() -> flightFile);
        case "metrics_socket" -> metricsSocket = line.value().filter(path -> !path.equals("none"));
        case "metrics_port" ->
            metricsPort = number >= 0 && number <= MAX_PORT ? number : metricsPort;
        default -> {}
      }
    }
  }

  /** A number from 1 on; another changes nothing. */
  private static int within(int number, int limit, int former) {
    return number >= 1 && number <= limit ? number : former;
  }
}
