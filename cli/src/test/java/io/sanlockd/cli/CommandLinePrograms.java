package io.sanlockd.cli;

import io.sanlockd.cli.golden.GoldenCase;
import io.sanlockd.cli.golden.Outcome;
import io.sanlockd.cli.golden.Programs;
import io.sanlockd.cli.golden.ScenarioRunner;
import io.sanlockd.client.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Our command line in place of {@code sanlock}: inside this JVM where nothing prevents it, else in
 * one of its own. Daemons are those of the C program, or of the program that the system property
 * {@code golden.daemon} names; {@code golden.client} names a launcher to be used for every client
 * action instead of this JVM. Direct actions that we do not have are the C program's.
 */
final class CommandLinePrograms implements Programs {
  private static final String C_PROGRAM = "/usr/sbin/sanlock";

  static final String DAEMON_PROGRAM = System.getProperty("golden.daemon", C_PROGRAM);

  private static final String CLIENT_PROGRAM = System.getProperty("golden.client", "");

  private static final int SIGTERM = 15;
  private static final long END_SECONDS = 120;

  private final Path directory;

  CommandLinePrograms(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<String> command(List<String> argv) {
    List<String> command = new ArrayList<>();
    if (!argv.get(0).equals("sanlock")) {
      command.addAll(argv);
    } else if (isForeignDirect(argv)) {
      command.add(C_PROGRAM);
      command.addAll(argv.subList(1, argv.size()));
    } else if (argv.size() > 1 && argv.get(1).equals("daemon")) {
      command.add(DAEMON_PROGRAM);
      command.addAll(argv.subList(1, argv.size()));
    } else {
      command.addAll(CLIENT_PROGRAM.isEmpty() ? ownJvm() : List.of(CLIENT_PROGRAM));
      command.addAll(argv.subList(1, argv.size()));
    }
    return command;
  }

  /** Whether this is a direct action that only the C program has, used as it should be. */
  static boolean isForeignDirect(List<String> argv) {
    boolean isDirect = argv.size() > 2 && argv.get(1).equals("direct");
    boolean lacksPath = argv.size() == 3 && argv.get(2).equals("next_free");
    return isDirect && !lacksPath && !DirectActions.isKnown(argv.get(2));
  }

  /** A JVM with the options the launcher gives it. */
  static List<String> ownJvm() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-XX:-MaxFDLimit",
        "-Xrs",
        "-Xmx64m",
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        "io.sanlockd.cli.Sanlock");
  }

  @Override
  public Outcome run(GoldenCase golden, List<String> argv, Map<String, String> env)
      throws Exception {
    boolean isCommand = argv.contains("command");
    boolean isOwn =
        argv.get(0).equals("sanlock") && !isForeignDirect(argv) && CLIENT_PROGRAM.isEmpty();
    return isOwn && !isCommand && !golden.isTerminal() && golden.killedAfterSeconds().isEmpty()
        ? runHere(argv, env)
        : runThere(golden, argv, env);
  }

  private static Outcome runHere(List<String> argv, Map<String, String> env) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            argv.get(0),
            Endpoint.ofRunDirectory(env.get("SANLOCK_RUN_DIR")),
            new Out(out, false),
            new Out(err, false));
    int status = new Sanlock(invocation).run(argv.subList(1, argv.size()).toArray(new String[0]));
    return new Outcome(
        out.toString(StandardCharsets.ISO_8859_1),
        err.toString(StandardCharsets.ISO_8859_1),
        status);
  }

  private Outcome runThere(GoldenCase golden, List<String> argv, Map<String, String> env)
      throws Exception {
    List<String> command = command(argv);
    if (golden.isTerminal()) {
      command = onTerminal(command);
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TZ", "UTC");
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(env);
    // Pipes, as when it was recorded: the program may look what its standard output is.
    Path err = directory.resolve("case.stderr");
    Process process =
        builder.redirectInput(new File("/dev/null")).redirectError(err.toFile()).start();
    if (golden.killedAfterSeconds().isPresent()) {
      long millis = (long) (golden.killedAfterSeconds().get() * 1000);
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        ScenarioRunner.signal(process, SIGTERM);
      }
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().onExit().join();
    }
    int status = process.exitValue();
    return new Outcome(
        out,
        new String(Files.readAllBytes(err), StandardCharsets.ISO_8859_1),
        status > 128 ? 128 - status : status);
  }

  private static List<String> onTerminal(List<String> command) {
    StringBuilder line = new StringBuilder("stty -opost; exec");
    for (String word : command) {
      line.append(" '").append(word).append('\'');
    }
    return List.of("script", "-qec", line.toString(), "/dev/null");
  }
}
