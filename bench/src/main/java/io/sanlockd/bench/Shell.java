package io.sanlockd.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands of the system. */
final class Shell {
  private static final long LIMIT_SECONDS = 60;

  private Shell() {}

  /**
   * Runs a command to its end.
   *
   * @return what it printed, without white space around it
   * @throws IOException when it fails or does not end within a minute
   */
  static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(List.of(command) + " does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(List.of(command) + " interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(List.of(command) + " failed: " + out.strip());
    }
    return out.strip();
  }
}
