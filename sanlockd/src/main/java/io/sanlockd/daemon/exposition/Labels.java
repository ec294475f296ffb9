package io.sanlockd.daemon.exposition;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The labels of a sample.
 *
 * @param text as they stand between the braces, empty = none
 */
record Labels(String text) {
  static final Labels NONE = new Labels("");

  /** Labels from names and values in turn. */
  static Labels of(String... namesAndValues) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      text.append(i == 0 ? "" : ",")
          .append(namesAndValues[i])
          .append("=\"")
          .append(escaped(namesAndValues[i + 1]))
          .append('"');
    }
    return new Labels(text.toString());
  }

  /** These and some more. */
  Labels and(String... namesAndValues) {
    Labels more = of(namesAndValues);
    return text.isEmpty() ? more : new Labels(text + "," + more.text);
  }

  /** The name as people wrote it: bytes that are UTF-8 as that, all others one character each. */
  static String textOf(LeaseName name) {
    byte[] bytes = Arrays.copyOf(name.toField(), name.length());
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return name.text();
    }
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
