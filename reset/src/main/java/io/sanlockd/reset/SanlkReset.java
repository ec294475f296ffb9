package io.sanlockd.reset;

import io.sanlockd.client.Endpoint;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.GetOpt.BadOption;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.PosixException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The command {@code sanlk-reset}: has another host reset, or tells the local sanlk-resetd. */
public final class SanlkReset {
  static final String PROGRAM = "sanlk-reset";

  /** The version whose behaviour this is. */
  static final String VERSION = "3.8.5";

  private static final int MAX_LOCKSPACES = 64;
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;

  private final PrintStream out;
  private final PrintStream err;

  private SanlkReset(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the command and ends this JVM with its exit status. */
  public static void main(String[] args) {
    int status = run(System.out, System.err, args);
    System.out.flush();
    System.exit(status);
  }

  /**
   * Runs the command.
   *
   * @return the exit status: 0 done, 1 not done, 2 not understood
   */
  static int run(PrintStream out, PrintStream err, String... args) {
    if (args.length == 0) {
      out.print(UsageText.of(PROGRAM));
      return EXIT_USAGE;
    }
    try {
      ResetOptions options = ResetOptions.parse(args);
      switch (options.immediate) {
        case HELP -> out.print(UsageText.of(PROGRAM));
        case VERSION -> out.print(PROGRAM + " version: " + VERSION + "\n");
        default -> {
          return new SanlkReset(out, err).act(options);
        }
      }
      return 0;
    } catch (BadOption e) {
      err.print(e.getMessage() + "\n");
      err.flush();
      out.print(UsageText.of(PROGRAM));
      return EXIT_USAGE;
    }
  }

  private int act(ResetOptions options) {
    if (options.words.isEmpty()) {
      return misused("command is required\n");
    }
    String command = options.words.get(0);
    List<String> names = options.words.subList(1, options.words.size());
    if (names.isEmpty()) {
      return misused("lockspace_name is required\n");
    }
    if (names.size() > MAX_LOCKSPACES) {
      return misused("too many lockspaces (max " + MAX_LOCKSPACES + ")\n");
    }
    return switch (command) {
      case "reg", "end", "clear" -> update(command, names);
      case "reset" -> reset(options, names);
      default -> misused("unknown command\n");
    };
  }

  private int misused(String text) {
    err.print(text);
    err.flush();
    return EXIT_USAGE;
  }

  private int update(String command, List<String> names) {
    for (String name : names) {
      try {
        UpdateMessage.send(UpdateSocket.PATH, new UpdateMessage(command, name));
        out.print("Updated " + command + " " + name + "\n");
      } catch (PosixException e) {
        out.print("Failed to update local sanlk-resetd: " + Errno.text(e.errno()) + "\n");
        return EXIT_FAILURE;
      } catch (IllegalArgumentException e) {
        return misused(e.getMessage() + "\n");
      }
    }
    return 0;
  }

  private int reset(ResetOptions options, List<String> names) {
    if (names.size() > 1 && (options.hostId != 0 || options.generation != 0)) {
      return misused("-i and -g options are only allowed with a single lockspace_name\n");
    }
    if (!options.watchdog && !options.reboot) {
      return misused("-w 0 without -b 1 leaves nothing to ask for\n");
    }
    List<Target> targets = new ArrayList<>();
    for (String name : names) {
      try {
        targets.add(Target.parse(name, options.hostId));
      } catch (IllegalArgumentException e) {
        return misused(e.getMessage());
      }
    }
    return reset(HostReset.Plan.of(options), targets, options.debug);
  }

  private static int reset(HostReset.Plan plan, List<Target> targets, boolean debug) {
    MainQueue queue = new MainQueue();
    ProgramLog log =
        ProgramLog.of(PROGRAM, debug ? ProgramLog.Detail.DEBUG : ProgramLog.Detail.PLAIN);
    LockManager locks = new ClientLockManager(Endpoint.ofEnvironment(), queue);
    HostReset reset = new HostReset(locks, plan, targets, MonotonicClock::seconds, log);
    if (!reset.begin()) {
      return EXIT_FAILURE;
    }
    HostReset.Outcome outcome = HostReset.Outcome.PENDING;
    while (outcome == HostReset.Outcome.PENDING) {
      Runnable task = queue.await(HostReset.POLL_MILLIS);
      outcome = reset.check();
      task.run();
    }
    reset.end();
    return outcome == HostReset.Outcome.DONE ? 0 : EXIT_FAILURE;
  }
}
