package io.sanlockd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The commands that scripts and people call most, each from its start to its end. */
final class CommandLineRow implements Row {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("client", "status"), List.of("client", "gets"), List.of("client", "host_status"));

  @Override
  public String name() {
    return "cli";
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    List<Figure> figures = new ArrayList<>();
    for (List<String> command : COMMANDS) {
      Durations durations = new Durations();
      long startNanos = System.nanoTime();
      do {
        durations.add(run(stand, command));
      } while (System.nanoTime() - startNanos < time.toNanos() / COMMANDS.size());
      figures.add(
          Figure.millis(
              "sanlock " + String.join(" ", command), new Goal.AtMost(80), durations, 0.5));
    }
    return figures;
  }

  private static long run(Stand stand, List<String> arguments) throws Exception {
    Path program = stand.program().path(stand.site().tree());
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("SANLOCK_RUN_DIR", stand.daemon().runDirectory().toString());
    long startNanos = System.nanoTime();
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + " failed");
    }
    return System.nanoTime() - startNanos;
  }
}
