package io.sanlockd.reset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The usage texts. */
final class UsageText {
  private UsageText() {}

  static String of(String program) {
    try (InputStream text = UsageText.class.getResourceAsStream(program + "-help.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalStateException("help text is missing from the program", e);
    }
  }
}
