package io.sanlockd.cli;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.ConfigLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The command {@code sanlock} (cli.md). */
public final class Sanlock {
  /** System property with argv[0], set by the launcher. */
  static final String PROGRAM_PROPERTY = "sanlockd.program";

  static final String VERSION = "3.8.5";

  private static final String BUILT = "Jan  1 2026 00:00:00";
  private static final String HELP_RESOURCE = "sanlock-help.txt";

  private final Invocation invocation;

  Sanlock(Invocation invocation) {
    this.invocation = invocation;
  }

  /** Runs the command and ends this JVM with its exit status. */
  public static void main(String[] args) {
    Invocation invocation =
        new Invocation(
            System.getProperty(PROGRAM_PROPERTY, "sanlock"),
            Endpoint.ofEnvironment(),
            new CommandConfig(ConfigLine.FILE),
            new SyslogJournal(),
            Out.standardOutput(),
            Out.standardError());
    int status = new Sanlock(invocation).run(RawArguments.of(args));
    System.exit(status);
  }

  /**
   * Runs the command.
   *
   * @param args one char for each byte
   * @return the exit status
   */
  int run(String[] args) {
    int status = dispatch(args);
    invocation.out().flush();
    invocation.err().flush();
    return status;
  }

  private int dispatch(String[] args) {
    String command = args.length == 0 ? "help" : args[0];
    return switch (command) {
      case "help" -> args.length > 1 ? help(args) : usage(0);
      case "--help", "-h" -> usage(0);
      case "version" -> {
        invocation.out().line(VERSION);
        yield 0;
      }
      case "--version", "-V" -> {
        invocation.out().line(invocation.programName() + " " + VERSION + " (built " + BUILT + ")");
        yield 0;
      }
      case "daemon" -> daemon(args);
      case "config" -> FriendlyHelp.print("config", invocation);
      case "explain", "plan", "doctor", "fsck", "top", "flight" ->
          OperateLink.run(args, invocation);
      case "direct" -> args.length == 1 ? usage(1) : direct(args);
      case "client" -> args.length == 1 ? usage(1) : client(args, 1);
      default -> client(args, 0);
    };
  }

  private int help(String[] args) {
    String[] words = Arrays.copyOfRange(args, 1, args.length);
    return FriendlyHelp.print(String.join(" ", words), invocation);
  }

  private int client(String[] args, int actionAt) {
    String action = args[actionAt];
    if (actionAt > 0 && action.equals("--help")) {
      return FriendlyHelp.print("client", invocation);
    }
    if (!ClientActions.isKnown(action)) {
      return unknown("client", action);
    }
    if (asksForHelp(args, actionAt + 1)) {
      return FriendlyHelp.print("client " + action, invocation);
    }
    try {
      if (hasLongOption(args, actionAt + 1)) {
        return LongOptions.run("client", action, null, args, actionAt + 1, invocation);
      }
      ParsedOptions options = new OptionParser(invocation).parse(args, actionAt + 1);
      return ClientActions.run(action, new Session(action, options, invocation));
    } catch (UsageError e) {
      return usageError(e, action);
    }
  }

  private int direct(String[] args) {
    String action = args[1];
    if (action.equals("--help")) {
      return FriendlyHelp.print("direct", invocation);
    }
    if (!DirectActions.isKnown(action)) {
      return unknown("direct", action);
    }
    if (asksForHelp(args, 2)) {
      return FriendlyHelp.print("direct " + action, invocation);
    }
    boolean takesPlace = DirectActions.takesPlace(action);
    // Without the place the C program ends at once.
    if (takesPlace && args.length == 2) {
      return 1;
    }
    try {
      int from = takesPlace ? 3 : 2;
      String place = takesPlace ? args[2] : null;
      if (hasLongOption(args, from)) {
        return LongOptions.run("direct", action, place, args, from, invocation);
      }
      ParsedOptions options = new OptionParser(invocation).parse(args, from);
      return DirectActions.run(action, place, new Session(action, options, invocation));
    } catch (UsageError e) {
      return usageError(e, "direct " + action);
    }
  }

  private static boolean asksForHelp(String[] args, int from) {
    for (int i = from; i < args.length && !args[i].equals("-c"); i++) {
      if (args[i].equals("--help")) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is one where an option may be; values of options do not count. */
  private static boolean hasLongOption(String[] args, int from) {
    for (int i = from;
        i < args.length && !args[i].equals("-c");
        i += args[i].equals("-D") ? 1 : 2) {
      if (isLong(args[i])) {
        return true;
      }
    }
    return false;
  }

  /** Two dashes alone are an option of one letter, as the C program sees it. */
  static boolean isLong(String word) {
    return word.startsWith("--") && word.length() > 2;
  }

  /** The launcher starts the daemon with another main class; whoever gets here by-passed it. */
  private int daemon(String[] args) {
    if (asksForHelp(args, 1)) {
      return FriendlyHelp.print("daemon", invocation);
    }
    try {
      ParsedOptions unused = new OptionParser(invocation).parse(args, 1);
      invocation
          .err()
          .line("sanlock: the daemon is started by the launcher bin/sanlock, not by this class");
      return 1;
    } catch (UsageError e) {
      return usageError(e, "daemon");
    }
  }

  private int usageError(UsageError error, String action) {
    invocation.out().line(error.getMessage());
    invocation.out().flush();
    invocation.err().line("sanlock: nothing was done; see 'sanlock help " + action + "'");
    return 1;
  }

  private int unknown(String command, String action) {
    invocation.out().line(command + " action \"" + action + "\" is unknown");
    invocation.out().flush();
    boolean isClient = command.equals("client");
    String meant = Suggestion.of(action, isClient ? ClientHelp.TOPICS : DirectHelp.TOPICS);
    String question = meant.isEmpty() ? "" : "did you mean \"" + meant + "\"? ";
    invocation
        .err()
        .line("sanlock: " + question + "see 'sanlock help " + command + "' for the actions");
    return 1;
  }

  private int usage(int status) {
    try (InputStream text = Sanlock.class.getResourceAsStream(HELP_RESOURCE)) {
      invocation.out().text(new String(text.readAllBytes(), StandardCharsets.ISO_8859_1));
      return status;
    } catch (IOException e) {
      throw new IllegalStateException("help text is missing from the program", e);
    }
  }
}
