package io.sanlockd.cli.operate;

import io.sanlockd.client.State;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The {@code key=value} text of a state as members of an object. */
final class StateText {
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}");

  /** Names and hexadecimal numbers: text even when they look like a decimal number. */
  private static final Set<String> TEXTS =
      Set.of(
          "our_host_name",
          "owner_name",
          "list",
          "flags",
          "restricted",
          "debug_cmds",
          "version_str",
          "version_num",
          "version_hex",
          "smproto_hex");

  private StateText() {}

  /** Adds what the text says; a key that is there already keeps its value. */
  static void addTo(Map<String, Object> object, State state) {
    for (String pair : state.entry().text().split(" ", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String key = pair.substring(0, equals);
        object.putIfAbsent(key, value(key, pair.substring(equals + 1)));
      }
    }
  }

  private static Object value(String key, String text) {
    return !TEXTS.contains(key) && DECIMAL.matcher(text).matches()
        ? Long.valueOf(text)
        : Bytes.toUnicode(text);
  }
}
