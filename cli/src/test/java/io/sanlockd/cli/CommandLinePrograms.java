package io.sanlockd.cli;

import io.sanlockd.cli.golden.GoldenCase;
import io.sanlockd.cli.golden.Outcome;
import io.sanlockd.cli.golden.ProcessRun;
import io.sanlockd.cli.golden.Programs;
import io.sanlockd.client.Endpoint;
import io.sanlockd.model.ConfigLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Our command line in place of {@code sanlock}: inside this JVM where nothing prevents it, else in
 * one of its own. Daemons are the C program's.
 */
public final class CommandLinePrograms implements Programs {
  static final String C_PROGRAM = "/usr/sbin/sanlock";

  private final Path directory;

  CommandLinePrograms(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<String> command(List<String> argv) {
    List<String> command = new ArrayList<>();
    if (!argv.get(0).equals("sanlock")) {
      command.addAll(argv);
    } else if (argv.size() > 1 && argv.get(1).equals("daemon")) {
      command.add(C_PROGRAM);
      command.addAll(argv.subList(1, argv.size()));
    } else {
      command.addAll(ownJvm());
      command.addAll(argv.subList(1, argv.size()));
    }
    return command;
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
    return mayRunHere(golden, argv)
        ? runHere(argv, env)
        : ProcessRun.of(golden, command(argv), env, directory);
  }

  /** Whether a case is one for our command line that needs no process of its own. */
  public static boolean mayRunHere(GoldenCase golden, List<String> argv) {
    return argv.get(0).equals("sanlock")
        && !argv.contains("command")
        && !argv.contains("daemon")
        && !golden.isTerminal()
        && golden.killedAfterSeconds().isEmpty();
  }

  /** Runs our command line inside this JVM. */
  public static Outcome runHere(List<String> argv, Map<String, String> env) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            argv.get(0),
            Endpoint.ofRunDirectory(env.get("SANLOCK_RUN_DIR")),
            new CommandConfig(ConfigLine.FILE),
            line -> {},
            new Out(out, false),
            new Out(err, false));
    int status = new Sanlock(invocation).run(argv.subList(1, argv.size()).toArray(new String[0]));
    return new Outcome(
        out.toString(StandardCharsets.ISO_8859_1),
        err.toString(StandardCharsets.ISO_8859_1),
        status);
  }
}
