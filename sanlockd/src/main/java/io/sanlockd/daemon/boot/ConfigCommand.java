package io.sanlockd.daemon.boot;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code sanlock config check [FILE]}: judges a configuration file before a daemon reads it. */
public final class ConfigCommand {
  private static final int EXIT_FAILURE = 1;

  private ConfigCommand() {}

  /**
   * Runs the command and ends this JVM: status 0 when the file is in order, 1 when something in it
   * would be ignored or is not what it seems.
   *
   * @param args the words after {@code sanlock config}
   */
  public static void main(String[] args) {
    System.exit(run(args, new SystemAccounts(), System.out, System.err));
  }

  static int run(String[] args, DaemonOptions.Accounts accounts, PrintStream out, PrintStream err) {
    if (args.length < 1 || args.length > 2 || !args[0].equals("check")) {
      err.println("usage: sanlock config check [FILE]");
      err.println("Checks a configuration file, " + ConfigFile.STANDARD + " by default.");
      return EXIT_FAILURE;
    }
    Path file = args.length == 2 ? Path.of(args[1]) : ConfigFile.STANDARD;
    if (args.length == 2 && !Files.exists(file)) {
      err.println(file + ": there is no such file");
      return EXIT_FAILURE;
    }
    DaemonOptions options = new DaemonOptions();
    List<ConfigFile.Problem> problems = ConfigFile.read(file, options, accounts);
    problems.forEach(problem -> out.println(problem.of(file)));
    if (problems.isEmpty()) {
      out.println(file + (Files.exists(file) ? ": in order" : ": not there, defaults are used"));
    }
    return problems.isEmpty() ? 0 : EXIT_FAILURE;
  }
}
