package io.sanlockd.cli;

import io.sanlockd.cli.operate.Console;
import io.sanlockd.cli.operate.OperateCommands;
import io.sanlockd.cli.operate.Setting;
import java.util.Arrays;
import java.util.List;

/** Leads to the commands that the C program does not have; loads their classes when used. */
final class OperateLink {
  /** In the order of the help. */
  static final List<String> COMMANDS = List.of("explain", "plan", "doctor", "fsck", "top");

  private OperateLink() {}

  static boolean isKnown(String command) {
    return COMMANDS.contains(command);
  }

  /** Runs the command whose name is the first argument. */
  static int run(String[] args, Invocation invocation) {
    return OperateCommands.run(
        args[0], Arrays.copyOfRange(args, 1, args.length), setting(invocation));
  }

  static int help(String command, Invocation invocation) {
    return OperateCommands.help(command, setting(invocation));
  }

  private static Setting setting(Invocation invocation) {
    boolean isUnicode =
        Console.isUnicodeLocale(
            System.getenv("LC_ALL"), System.getenv("LC_CTYPE"), System.getenv("LANG"));
    Console console =
        new Console(new Sink(invocation.out()), new Sink(invocation.err()), isUnicode);
    return new Setting(invocation.endpoint(), invocation.config()::fireTimeoutSeconds, console);
  }

  private record Sink(Out out) implements Console.Sink {
    @Override
    public void write(String bytes) {
      out.text(bytes).flush();
    }

    @Override
    public boolean isTerminal() {
      return out.isTerminal();
    }

    @Override
    public boolean isBroken() {
      return out.isBroken();
    }
  }
}
