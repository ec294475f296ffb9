package io.sanlockd.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What there is to say about a command or an action.
 *
 * @param name the words after {@code sanlock help}
 * @param synopsis what follows {@code sanlock}, or a whole command line of another program
 * @param purpose sentences; the first one stands in lists of topics
 * @param options in the order in which they are worth reading
 * @param examples complete command lines
 */
record HelpTopic(
    String name, String synopsis, String purpose, List<HelpOption> options, List<String> examples) {

  /**
   * An action of {@code sanlock client} or {@code sanlock direct}.
   *
   * @param letters of its options, as {@link HelpOption#of} knows them
   */
  static HelpTopic action(
      String command,
      String name,
      String synopsis,
      String purpose,
      String letters,
      String... examples) {
    String words = command + " " + name;
    return new HelpTopic(
        words,
        (words + " " + synopsis).strip(),
        purpose,
        HelpOption.of(letters),
        List.of(examples));
  }

  /** The first sentence. */
  String summary() {
    int end = purpose.indexOf(". ");
    return end < 0 ? purpose : purpose.substring(0, end + 1);
  }

  /** All options: also those that the C program does not have and most actions share. */
  List<HelpOption> allOptions() {
    List<HelpOption> all = new ArrayList<>(options);
    if (name.contains(" ") && LongOptions.takesJson(lastWord())) {
      all.add(new HelpOption("--json", "prints JSON (docs/json.md)"));
    }
    if (name.startsWith("client ") && LongOptions.canBeWatched(lastWord())) {
      all.add(
          new HelpOption("--watch[=SECONDS]", "repeats it, every 2 seconds unless another number"));
      all.add(new HelpOption("--count=NUMBER", "how many rounds (until it is interrupted)"));
    }
    return all;
  }

  /** The command or action alone. */
  String lastWord() {
    return name.substring(name.indexOf(' ') + 1);
  }

  /** Whether it is about a whole program of its own, not about something of {@code sanlock}. */
  boolean isOtherProgram() {
    return name.equals("wdmd");
  }

  /** Whether it is a command of {@code sanlock}; there are also actions, and things to know. */
  boolean isCommand() {
    return synopsis.startsWith(name) && !name.contains(" ") && !isOtherProgram();
  }
}
