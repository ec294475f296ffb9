package io.sanlockd.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help for one action, laid out by picocli: {@code sanlock help ACTION}, {@code ACTION --help}. */
final class FriendlyHelp {
  private FriendlyHelp() {}

  static int print(String action, Invocation invocation) {
    if (OperateLink.isKnown(action)) {
      return OperateLink.help(action, invocation);
    }
    ActionHelp help = HelpTable.find(action);
    if (help == null) {
      invocation.out().line("no help for \"" + action + "\"; actions:");
      for (ActionHelp known : HelpTable.actions()) {
        invocation.out().line("  " + known.name());
      }
      invocation.out().line("and commands for operators:");
      for (String command : OperateLink.COMMANDS) {
        invocation.out().line("  " + command);
      }
      return 1;
    }
    String usage = new CommandLine(spec(help)).getUsageMessage(Ansi.OFF);
    invocation.out().text(usage);
    return 0;
  }

  private static CommandSpec spec(ActionHelp help) {
    boolean ownCommand = help.name().equals("daemon") || help.name().equals("config");
    String command = ownCommand ? "sanlock " : "sanlock client ";
    CommandSpec spec = CommandSpec.create().name(command + help.name());
    for (int i = 0; i < help.letters().length(); i++) {
      spec.addOption(option(HelpTable.option(help.letters().charAt(i))));
    }
    List<String> footer = new ArrayList<>(List.of("", "Examples:"));
    for (String example : help.examples()) {
      footer.add("  " + example);
    }
    spec.usageMessage()
        .sortOptions(false)
        .description(help.purpose())
        .footer(footer.toArray(new String[0]));
    return spec;
  }

  private static OptionSpec option(String[] words) {
    OptionSpec.Builder builder = OptionSpec.builder(words[0]).description(words[2]);
    if (!words[1].isEmpty()) {
      builder.arity("1").type(String.class).paramLabel(words[1]);
    }
    return builder.build();
  }
}
