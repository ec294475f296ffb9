package io.sanlockd.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command line program, ours or C, aimed at a daemon. */
final class Cli {
  /** Longer than every wait of a daemon in these tests. */
  private static final Duration LIMIT = Duration.ofSeconds(150);

  private final Implementation implementation;
  private final Path runDirectory;

  Cli(Implementation implementation, Path runDirectory) {
    this.implementation = implementation;
    this.runDirectory = runDirectory;
  }

  /** Runs {@code sanlock ARGUMENT...} to its end. */
  Command.Result run(String... arguments) throws IOException {
    return Command.run(command(arguments), environment(), LIMIT);
  }

  /** Runs {@code sanlock client ARGUMENT...} to its end. */
  Command.Result client(String... arguments) throws IOException {
    String[] all = new String[arguments.length + 1];
    all[0] = "client";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return run(all);
  }

  List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(implementation.program().toString());
    command.addAll(List.of(arguments));
    return command;
  }

  Map<String, String> environment() {
    return Map.of("SANLOCK_RUN_DIR", runDirectory.toString());
  }

  @Override
  public String toString() {
    return implementation + " client of " + runDirectory;
  }
}
