package io.sanlockd.cli;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.ConfigLine;
import io.sanlockd.model.ResultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes parts of the manual page and of the completions for shells, all made from what {@code
 * sanlock help} says, so that they never say anything else. For the build, which runs it.
 */
public final class Reference {
  private Reference() {}

  /**
   * Writes all parts.
   *
   * @param args the directory that gets them, each as a file with the name of the part
   */
  public static void main(String[] args) throws IOException {
    List<HelpTopic> operate =
        OperateLink.topics(
            new Invocation(
                "sanlock",
                Endpoint.ofEnvironment(),
                new CommandConfig(ConfigLine.FILE),
                new SyslogJournal(),
                Out.standardOutput(),
                Out.standardError()));
    List<HelpTopic> all = new ArrayList<>(operate);
    all.addAll(FriendlyHelp.all());
    Completions completions = new Completions(all);
    Map<String, String> parts =
        Map.of(
            "COMMANDS", sections(CommandHelp.TOPICS),
            "CLIENT", sections(ClientHelp.TOPICS),
            "DIRECT", sections(DirectHelp.TOPICS),
            "OPERATE", sections(operate),
            "RESULTS", results(),
            "BASH", completions.bash(),
            "ZSH", completions.zsh(),
            "FISH", completions.fish());
    for (Map.Entry<String, String> part : parts.entrySet()) {
      Files.writeString(Path.of(args[0], part.getKey()), part.getValue());
    }
  }

  private static String sections(List<HelpTopic> topics) {
    StringBuilder page = new StringBuilder();
    for (HelpTopic topic : topics) {
      // That one has a page of its own.
      if (!topic.isOtherProgram()) {
        section(topic, page);
      }
    }
    return page.toString();
  }

  private static void section(HelpTopic topic, StringBuilder page) {
    page.append(".SS ").append(roff(topic.name())).append('\n');
    page.append(".B sanlock ").append(roff(topic.synopsis())).append("\n.PP\n");
    page.append(roff(topic.purpose())).append('\n');
    for (HelpOption option : topic.options()) {
      page.append(".TP\n.B ").append(roff(option.syntax())).append('\n');
      page.append(roff(option.meaning())).append('\n');
    }
    page.append(".PP\n.nf\n");
    for (String example : topic.examples()) {
      page.append(roff(example)).append('\n');
    }
    page.append(".fi\n");
  }

  private static String results() {
    StringBuilder page = new StringBuilder();
    for (ResultCode code : ResultCode.values()) {
      page.append(".TP\n.B ").append(roff(code.number() + " " + code.name())).append('\n');
      page.append(roff(code.cause() + ": " + code.advice())).append('\n');
    }
    return page.toString();
  }

  /** Text that roff prints as it is. */
  private static String roff(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
    return escaped.startsWith(".") ? "\\&" + escaped : escaped;
  }
}
