package io.sanlockd.cli;

import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What may follow what on a command line, as tables for completion in shells.
 *
 * <p>A key of a table is the words before: empty for the first word, a command before its actions,
 * an action and {@code -} for its options, an action and an option for the values of that.
 */
final class Completions {
  /** The value of an option that is a path, or has one in it. */
  private static final String FILE = "?";

  /** The value of an option that nobody can list, such as a number. */
  private static final String OTHER = "=";

  private static final Pattern FILES =
      Pattern.compile("PATH|FILE|DIRECTORY|LOCKSPACE|RESOURCE|RINDEX");

  /** A path among the words of a synopsis, not within the value of an option. */
  private static final Pattern FILE_WORD = Pattern.compile("[ \\[](PATH|FILE)\\b");

  private static final Pattern OPTION = Pattern.compile("-[A-Za-z](?=$)|--[a-z-]+");

  private final List<HelpTopic> topics;

  Completions(List<HelpTopic> topics) {
    this.topics = topics;
  }

  /** One word that may follow, and what it means; without a meaning it is a value. */
  private record Word(String text, String meaning) {
    /** Without what shells would understand inside single quotes, and zsh before a description. */
    String plainMeaning() {
      return meaning.replace("'", "").replace("\\", "").replace(":", ",");
    }

    String described() {
      return meaning.isEmpty() ? text : text + ":" + plainMeaning();
    }
  }

  /** One option of an action with all values it can have; none when it takes no value. */
  private record Option(String name, List<String> values, String meaning) {}

  /** The branches of a {@code case} that prints words. */
  String bash() {
    return branches(words -> "echo '" + joined(words, Word::text, " ") + "'");
  }

  /** The branches of a {@code case} that sets {@code reply} to words with descriptions. */
  String zsh() {
    return branches(words -> "reply=('" + joined(words, Word::described, "' '") + "')");
  }

  /** Commands that use the functions __sanlock_at and __sanlock_in of the fish file. */
  String fish() {
    StringBuilder text = new StringBuilder();
    words().forEach((key, words) -> words.forEach(word -> text.append(fishWord(key, word))));
    for (HelpTopic topic : topics) {
      String when = "complete -c sanlock -n '__sanlock_in " + topic.name() + "'";
      if (FILE_WORD.matcher(topic.synopsis()).find()) {
        text.append(when).append(" -F\n");
      }
      arguments(topic).forEach(word -> text.append(when).append(fishArgument(word)));
      options(topic).forEach(option -> text.append(when).append(fishOption(option)));
    }
    return text.toString();
  }

  private String branches(Function<List<Word>, String> branch) {
    Map<String, List<Word>> table = words();
    for (HelpTopic topic : topics) {
      List<Option> options = options(topic);
      List<Word> names =
          Stream.concat(
                  arguments(topic).stream(),
                  options.stream().map(option -> new Word(option.name(), option.meaning())))
              .toList();
      if (!names.isEmpty()) {
        table.put(topic.name() + " -", names);
      }
      for (Option option : options) {
        if (!option.values().isEmpty()) {
          List<Word> values = option.values().stream().map(value -> new Word(value, "")).toList();
          table.put(topic.name() + " " + option.name(), values);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    table.forEach(
        (key, words) ->
            text.append("    '")
                .append(key)
                .append("') ")
                .append(branch.apply(words))
                .append(" ;;\n"));
    return text.toString();
  }

  private static String joined(List<Word> words, Function<Word, String> form, String between) {
    return words.stream().map(form).collect(Collectors.joining(between));
  }

  /** Commands and actions by what stands before them. */
  private Map<String, List<Word>> words() {
    Map<String, List<Word>> table = new TreeMap<>();
    List<Word> client = actions("client");
    List<Word> first = new ArrayList<>();
    first.add(new Word("client", "Asks the daemon."));
    first.add(new Word("direct", "Works on storage without a daemon."));
    for (HelpTopic topic : topics) {
      if (topic.isCommand()) {
        first.add(new Word(topic.name(), topic.summary()));
      }
    }
    // The word "client" may be left out.
    first.addAll(client);
    table.put("help", List.copyOf(first));
    first.add(new Word("help", "Explains a command or an action."));
    table.put("", first);
    table.put("client", client);
    table.put("direct", actions("direct"));
    table.put("config", List.of(new Word("check", "Judges a configuration file.")));
    return table;
  }

  private List<Word> actions(String command) {
    return topics.stream()
        .filter(topic -> topic.name().startsWith(command + " "))
        .map(topic -> new Word(topic.name().substring(command.length() + 1), topic.summary()))
        .toList();
  }

  private static String fishWord(String before, Word word) {
    return "complete -c sanlock -n '__sanlock_at " + before + "'" + fishArgument(word);
  }

  private static String fishArgument(Word word) {
    return " -a " + word.text() + " -d '" + word.plainMeaning() + "'\n";
  }

  private static String fishOption(Option option) {
    String value = "";
    if (option.values().equals(List.of(FILE))) {
      value = " -r -F";
    } else if (option.values().equals(List.of(OTHER))) {
      value = " -x";
    } else if (!option.values().isEmpty()) {
      value = " -x -a '" + String.join(" ", option.values()) + "'";
    }
    return (option.name().startsWith("--") ? " -l " : " -s ")
        + option.name().replaceFirst("--?", "")
        + value
        + " -d '"
        + new Word(option.name(), option.meaning()).plainMeaning()
        + "'\n";
  }

  /** The arguments of a topic that can be listed. */
  private static List<Word> arguments(HelpTopic topic) {
    if (!topic.name().equals("explain")) {
      return List.of();
    }
    return Stream.of(ResultCode.values()).map(code -> new Word(code.name(), code.cause())).toList();
  }

  /** The options of a topic; one line of the help may name two of them. */
  private static List<Option> options(HelpTopic topic) {
    List<Option> options = new ArrayList<>();
    for (HelpOption help : topic.allOptions()) {
      String[] words = help.syntax().split(" ", -1);
      for (int i = 0; i < words.length; i++) {
        Matcher name = OPTION.matcher(words[i]);
        if (name.lookingAt()) {
          boolean takesValue = i + 1 < words.length && !words[i + 1].startsWith("-");
          List<String> values = takesValue ? values(words[i + 1]) : List.of();
          options.add(new Option(name.group(), values, help.meaning()));
        }
      }
    }
    return options;
  }

  /** What "0|1" or "512|4096" lists; "PID" is the name of a value. */
  private static List<String> values(String syntax) {
    if (syntax.contains("|")) {
      return List.of(syntax.split("\\|", -1));
    }
    return List.of(FILES.matcher(syntax).find() ? FILE : OTHER);
  }
}
