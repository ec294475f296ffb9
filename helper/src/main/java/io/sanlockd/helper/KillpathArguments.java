package io.sanlockd.helper;

import java.util.ArrayList;
import java.util.List;

/** Splits a killpath argument string (recovery.md 9). There is no shell and there are no quotes. */
public final class KillpathArguments {
  /** Most strings of a command, the program and the pid included. */
  public static final int MAX_STRINGS = 8;

  private KillpathArguments() {}

  /**
   * The command to execute.
   *
   * @param path the program
   * @param args argument string, one char per byte
   * @param pid appended in decimal when it is not 0 and there is room
   * @return 1 to 8 strings, the program first
   */
  public static List<String> command(String path, String args, int pid) {
    List<String> command = new ArrayList<>(MAX_STRINGS);
    command.add(path);
    split(args, command);
    if (pid != 0 && command.size() < MAX_STRINGS) {
      command.add(Integer.toString(pid));
    }
    return List.copyOf(command);
  }

  private static void split(String args, List<String> command) {
    StringBuilder pending = new StringBuilder();
    int position = 0;
    while (position < args.length()) {
      char c = args.charAt(position++);
      if (c == '\\') {
        if (position == args.length() || !isEscapable(args.charAt(position))) {
          break;
        }
        pending.append(args.charAt(position++));
      } else if (isSpace(c)) {
        take(pending, command);
      } else if (isGraphic(c)) {
        pending.append(c);
      } else {
        break;
      }
    }
    take(pending, command);
  }

  private static void take(StringBuilder pending, List<String> command) {
    if (pending.length() > 0 && command.size() < MAX_STRINGS) {
      command.add(pending.toString());
    }
    pending.setLength(0);
  }

  private static boolean isEscapable(char c) {
    return c == '\\' || isSpace(c);
  }

  /** The white space of the C locale: space, \t, \n, \v, \f, \r. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isGraphic(char c) {
    return c > ' ' && c < 0x7f;
  }
}
