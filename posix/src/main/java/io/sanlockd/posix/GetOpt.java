package io.sanlockd.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command line as getopt_long(3) reads it: {@code -D}, {@code -w0}, {@code -w 0}, {@code -Dw0},
 * {@code --name}, {@code --name=value}, {@code --name value}, unambiguous beginnings of long names,
 * words that are no options anywhere, and {@code --} before words that look like options.
 */
public final class GetOpt {
  /** What {@link #next} gives after the last option. */
  public static final char END = 0;

  private final String program;
  private final String letters;
  private final Map<String, Character> names;
  private final String[] words;
  private final List<String> operands = new ArrayList<>();
  private int at;

  /** Next letter within the current word, 0 between words. */
  private int inWord;

  private String value = "";

  /** An option that can not be understood; the text is the C library's line for standard error. */
  public static final class BadOption extends Exception {
    private static final long serialVersionUID = 1L;

    /** With this text. */
    public BadOption(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * A reader of one command line.
   *
   * @param program argv[0], for messages
   * @param letters options with one letter; a colon behind those that take a value
   * @param names long names without dashes, with the letter that means the same
   * @param words the words after the program's name
   */
  public GetOpt(String program, String letters, Map<String, Character> names, String... words) {
    this.program = program;
    this.letters = letters;
    this.names = names;
    this.words = words.clone();
  }

  /**
   * Reads the next option.
   *
   * @return its letter, or {@link #END}
   * @throws BadOption the reader is of no use any more
   */
  public char next() throws BadOption {
    while (inWord == 0 && at < words.length) {
      String word = words[at];
      if (word.equals("--")) {
        operands.addAll(List.of(words).subList(at + 1, words.length));
        at = words.length;
      } else if (word.startsWith("--")) {
        at++;
        return longOption(word.substring(2));
      } else if (word.startsWith("-") && word.length() > 1) {
        inWord = 1;
      } else {
        operands.add(word);
        at++;
      }
    }
    return inWord == 0 ? END : letter(words[at]);
  }

  /** The value of the option read last. */
  public String value() {
    return value;
  }

  /** The words that are no options; complete after {@link #END}. */
  public List<String> operands() {
    return List.copyOf(operands);
  }

  private char letter(String word) throws BadOption {
    char letter = word.charAt(inWord++);
    boolean last = inWord == word.length();
    if (letter == ':' || letters.indexOf(letter) < 0) {
      throw new BadOption(program + ": invalid option -- '" + letter + "'");
    }
    if (takesValue(letter)) {
      value = last ? "" : word.substring(inWord);
      at++;
      inWord = 0;
      if (last) {
        if (at == words.length) {
          throw new BadOption(program + ": option requires an argument -- '" + letter + "'");
        }
        value = words[at++];
      }
    } else if (last) {
      at++;
      inWord = 0;
    }
    return letter;
  }

  private boolean takesValue(char letter) {
    return letters.startsWith(":", letters.indexOf(letter) + 1);
  }

  private char longOption(String text) throws BadOption {
    int equals = text.indexOf('=');
    String name = fullName(equals < 0 ? text : text.substring(0, equals), text);
    char letter = names.get(name);
    if (!takesValue(letter)) {
      if (equals >= 0) {
        throw new BadOption(program + ": option '--" + name + "' doesn't allow an argument");
      }
    } else if (equals >= 0) {
      value = text.substring(equals + 1);
    } else if (at < words.length) {
      value = words[at++];
    } else {
      throw new BadOption(program + ": option '--" + name + "' requires an argument");
    }
    return letter;
  }

  private String fullName(String begin, String text) throws BadOption {
    if (names.containsKey(begin)) {
      return begin;
    }
    List<String> fitting = names.keySet().stream().filter(name -> name.startsWith(begin)).toList();
    if (fitting.isEmpty()) {
      throw new BadOption(program + ": unrecognized option '--" + text + "'");
    }
    if (fitting.size() > 1) {
      List<String> sorted = fitting.stream().sorted().map(name -> " '--" + name + "'").toList();
      throw new BadOption(
          program
              + ": option '--"
              + text
              + "' is ambiguous; possibilities:"
              + String.join("", sorted));
    }
    return fitting.get(0);
  }
}
