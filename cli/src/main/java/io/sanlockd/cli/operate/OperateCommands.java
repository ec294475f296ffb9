package io.sanlockd.cli.operate;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The way into the commands of this package. */
public final class OperateCommands {
  private OperateCommands() {}

  /**
   * Runs a command.
   *
   * @param name one of explain, plan, doctor, fsck, top, flight
   * @param args what follows the name, one char for each byte
   * @return the exit status: 0, or what the help of the command says; {@link ExitStatus#USAGE} for
   *     arguments that can not be used
   */
  public static int run(String name, String[] args, Setting setting) {
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = Bytes.toUnicode(args[i]);
    }
    return commandLine(name, setting).execute(words);
  }

  /** Prints the help of a command. */
  public static int help(String name, Setting setting) {
    setting.console().text(commandLine(name, setting).getUsageMessage(Ansi.OFF));
    return ExitStatus.GOOD;
  }

  /** What there is to say about a command, for the manual. */
  public static CommandSpec description(String name, Setting setting) {
    return commandLine(name, setting).getCommandSpec();
  }

  private static CommandLine commandLine(String name, Setting setting) {
    Callable<Integer> command =
        switch (name) {
          case "explain" -> new ExplainCommand(setting);
          case "plan" -> new PlanCommand(setting);
          case "doctor" -> new DoctorCommand(setting);
          case "fsck" -> new FsckCommand(setting);
          case "top" -> new TopCommand(setting);
          case "flight" -> new FlightCommand(setting, new SystemFiles(Path.of("/")));
          default -> throw new IllegalArgumentException("no such command: " + name);
        };
    CommandLine line =
        new CommandLine(command)
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setUsageHelpAutoWidth(false)
            .setUsageHelpWidth(96)
            .setOut(setting.console().outWriter())
            .setErr(setting.console().errWriter())
            // Result codes are negative numbers, no options.
            .setUnmatchedOptionsArePositionalParams(name.equals("explain"));
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("--help").usageHelp(true).description("Shows this text.").build());
    line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE);
    line.getCommandSpec().exitCodeOnExecutionException(ExitStatus.USAGE);
    return line;
  }
}
