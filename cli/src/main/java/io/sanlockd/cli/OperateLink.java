package io.sanlockd.cli;

import io.sanlockd.cli.operate.Console;
import io.sanlockd.cli.operate.OperateCommands;
import io.sanlockd.cli.operate.Setting;
import io.sanlockd.client.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Leads to the commands that the C program does not have; loads their classes when used. */
final class OperateLink {
  /** In the order of the help. */
  static final List<String> COMMANDS =
      List.of("explain", "plan", "doctor", "fsck", "top", "flight");

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

  /** What there is to say about these commands, in the form of that of all others. */
  static List<HelpTopic> topics(Invocation invocation) {
    Setting setting = setting(invocation);
    return COMMANDS.stream()
        .map(command -> topic(command, OperateCommands.description(command, setting)))
        .toList();
  }

  private static HelpTopic topic(String command, CommandSpec spec) {
    String synopsis = spec.commandLine().getHelp().synopsis(0).replaceAll("\\s+", " ").strip();
    List<HelpOption> options = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      options.add(
          new HelpOption(option.longestName() + value, String.join(" ", option.description())));
    }
    List<String> footer = List.of(spec.usageMessage().footer());
    return new HelpTopic(
        command,
        synopsis.substring(spec.name().length() - command.length()),
        String.join(" ", spec.usageMessage().description()),
        options,
        footer.stream().filter(line -> line.startsWith("  ")).map(String::strip).toList());
  }

  private static Setting setting(Invocation invocation) {
    boolean isUnicode =
        Console.isUnicodeLocale(
            System.getenv("LC_ALL"), System.getenv("LC_CTYPE"), System.getenv("LANG"));
    Console console =
        new Console(new Sink(invocation.out()), new Sink(invocation.err()), isUnicode);
    return new Setting(
        invocation.endpoint(),
        invocation.config()::fireTimeoutSeconds,
        () -> invocation.config().flightFile(System.getenv(Endpoint.RUN_DIR_VARIABLE)),
        console);
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
