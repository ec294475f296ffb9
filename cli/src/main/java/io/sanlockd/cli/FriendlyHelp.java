package io.sanlockd.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Help for one command or action: {@code sanlock help WORDS}, or {@code --help} behind them. Never
 * needed by a program, so that nothing here is compatible with anything.
 */
final class FriendlyHelp {
  private static final int WIDTH = 79;
  private static final int INDENT = 2;
  private static final int WIDEST_COLUMN = 26;

  private final Out out;

  private FriendlyHelp(Out out) {
    this.out = out;
  }

  /**
   * Prints what there is to say.
   *
   * @param words a command, an action, or both
   * @return exit status
   */
  static int print(String words, Invocation invocation) {
    if (OperateLink.isKnown(words)) {
      return OperateLink.help(words, invocation);
    }
    FriendlyHelp help = new FriendlyHelp(invocation.out());
    if (words.equals("client")) {
      help.print(
          "sanlock client ACTION [-OPTION VALUE]...",
          "Asks the daemon. \"client\" may be left out. Most actions print a line before and one"
              + " after the request, the second with the result: 0 is success, a negative number the"
              + " reason of a failure, which standard error explains. Exit status 0 only for result"
              + " 0. With --json they print JSON instead.");
      help.list("Actions:", ClientHelp.TOPICS);
      return 0;
    }
    if (words.equals("direct")) {
      help.print(
          "sanlock direct ACTION [-OPTION VALUE]...",
          "Reads and writes storage without a daemon, and without asking whether somebody uses it."
              + " For preparing storage, for looking at it, and for repair. With --json actions"
              + " print JSON instead of their text.");
      help.list("Actions:", DirectHelp.TOPICS);
      return 0;
    }
    HelpTopic topic = find(words);
    if (topic == null) {
      invocation.out().line("no help for \"" + words + "\"");
      help.topics();
      return 1;
    }
    help.print(topic);
    return 0;
  }

  /** The topic of some words; an action of both commands is the client's. */
  static HelpTopic find(String words) {
    String wanted = words.endsWith("write") ? words.replace("write", "init") : words;
    for (String prefix : List.of("", "client ", "direct ")) {
      for (HelpTopic topic : all()) {
        if (topic.name().equals(prefix + wanted)) {
          return topic;
        }
      }
    }
    return null;
  }

  static List<HelpTopic> all() {
    List<HelpTopic> all = new ArrayList<>(CommandHelp.TOPICS);
    all.addAll(ClientHelp.TOPICS);
    all.addAll(DirectHelp.TOPICS);
    return all;
  }

  private void topics() {
    list("sanlock help TOPIC, where TOPIC is one of:", CommandHelp.TOPICS);
    out.line("");
    out.line("For operators: sanlock help " + String.join(", ", OperateLink.COMMANDS));
    list("sanlock help client, and for each of its actions:", ClientHelp.TOPICS);
    list("sanlock help direct, and for each of its actions:", DirectHelp.TOPICS);
  }

  private void print(String usage, String purpose) {
    wrapped("Usage: ", usage, "       ");
    out.line("");
    wrapped("", purpose, "");
  }

  private void print(HelpTopic topic) {
    print(
        topic.isOtherProgram() ? topic.synopsis() : "sanlock " + topic.synopsis(), topic.purpose());
    List<HelpOption> options = topic.allOptions();
    if (!options.isEmpty()) {
      out.line("");
      int column = 0;
      for (HelpOption option : options) {
        column = Math.max(column, Math.min(WIDEST_COLUMN, option.syntax().length()));
      }
      for (HelpOption option : options) {
        entry(option.syntax(), option.meaning(), column);
      }
    }
    out.line("");
    out.line("Examples:");
    for (String example : topic.examples()) {
      out.line("  " + example);
    }
    seeAlso(topic);
  }

  private void seeAlso(HelpTopic topic) {
    List<String> others = new ArrayList<>();
    if (topic.synopsis().matches(".*(LOCKSPACE|RESOURCE|RINDEX).*") && topic.name().contains(" ")) {
      others.add("sanlock help arguments");
    }
    if (topic.name().startsWith("client ") && find("direct " + topic.lastWord()) != null) {
      others.add("sanlock help direct " + topic.lastWord());
    }
    if (!others.isEmpty()) {
      out.line("");
      out.line("See also: " + String.join(", ", others));
    }
  }

  private void list(String heading, List<HelpTopic> topics) {
    out.line("");
    out.line(heading);
    int column = 0;
    for (HelpTopic topic : topics) {
      column = Math.max(column, topic.lastWord().length());
    }
    for (HelpTopic topic : topics) {
      entry(topic.lastWord(), topic.summary(), column);
    }
  }

  private void entry(String term, String meaning, int column) {
    String head = " ".repeat(INDENT) + term;
    String indent = " ".repeat(INDENT + column + 2);
    if (term.length() > column) {
      out.line(head);
      wrapped(indent, meaning, indent);
    } else {
      wrapped(head + " ".repeat(column + 2 - term.length()), meaning, indent);
    }
  }

  /** Prints words in lines of at most 79 characters. */
  private void wrapped(String first, String text, String further) {
    StringBuilder line = new StringBuilder(first);
    boolean isEmpty = true;
    for (String word : text.split(" ", -1)) {
      if (!isEmpty && line.length() + 1 + word.length() > WIDTH) {
        out.line(line.toString());
        line = new StringBuilder(further);
        isEmpty = true;
      }
      line.append(isEmpty ? "" : " ").append(word);
      isEmpty = false;
    }
    out.line(line.toString());
  }
}
