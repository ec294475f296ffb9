package io.sanlockd.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments as bytes, one char each. The JVM has decoded them with the locale's character set
 * and may have lost bytes on the way; names and paths must reach the daemon as they were typed.
 */
final class RawArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private RawArguments() {}

  static String[] of(String[] decoded) {
    for (String argument : decoded) {
      if (!isAscii(argument)) {
        return raw(decoded);
      }
    }
    return decoded;
  }

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }

  private static String[] raw(String[] decoded) {
    List<String> words = new ArrayList<>();
    try {
      String all = new String(Files.readAllBytes(COMMAND_LINE), StandardCharsets.ISO_8859_1);
      int from = 0;
      for (int end = all.indexOf(0); end >= 0; end = all.indexOf(0, from)) {
        words.add(all.substring(from, end));
        from = end + 1;
      }
    } catch (IOException e) {
      return decoded;
    }
    int first = words.size() - decoded.length;
    return first < 0 ? decoded : words.subList(first, words.size()).toArray(new String[0]);
  }
}
