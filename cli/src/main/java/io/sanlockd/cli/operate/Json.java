package io.sanlockd.cli.operate;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes JSON on one line: maps, iterables, strings, numbers, booleans and null. */
public final class Json {
  /** Version of all documents; it changes when a key changes its meaning or goes. */
  public static final int SCHEMA_VERSION = 1;

  private static final int FIRST_PRINTABLE = 0x20;

  private Json() {}

  /**
   * An object with keys in the order given.
   *
   * @param pairs key, value, key, value
   */
  public static Map<String, Object> object(Object... pairs) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      object.put((String) pairs[i], pairs[i + 1]);
    }
    return object;
  }

  /** A number of 64 bits without sign. */
  public static Number unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  /** A document of a command of this package: envelope and data. */
  static String document(String command, int status, Object data) {
    return write(
        object("schema", SCHEMA_VERSION, "command", command, "exit_status", status, "data", data));
  }

  /** The text of a value. */
  public static String write(Object value) {
    StringBuilder text = new StringBuilder();
    append(text, value);
    return text.toString();
  }

  private static void append(StringBuilder text, Object value) {
    if (value instanceof Map<?, ?> map) {
      appendObject(text, map);
    } else if (value instanceof Iterable<?> values) {
      appendArray(text, values);
    } else if (value == null || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof Double number) {
      text.append(Double.isFinite(number) ? number.toString() : "null");
    } else if (value instanceof Number) {
      text.append(value);
    } else {
      appendString(text, value.toString());
    }
  }

  private static void appendObject(StringBuilder text, Map<?, ?> map) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      appendString(text, entry.getKey().toString());
      text.append(':');
      append(text, entry.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private static void appendArray(StringBuilder text, Iterable<?> values) {
    text.append('[');
    String separator = "";
    for (Object value : values) {
      text.append(separator);
      append(text, value);
      separator = ",";
    }
    text.append(']');
  }

  private static void appendString(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < FIRST_PRINTABLE || c == 0x7f) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
