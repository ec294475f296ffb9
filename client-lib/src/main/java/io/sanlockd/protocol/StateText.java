package io.sanlockd.protocol;

import java.util.ArrayList;
import java.util.List;

/** The leases of a process as one text: resource texts joined by single blanks (11.3). */
public final class StateText {
  private static final int COLONS_BEFORE_SEPARATOR = 3;

  private StateText() {}

  /** Joins leases; blanks in paths are escaped so that {@link #parse} finds the same leases. */
  public static String format(List<Resource> resources) {
    StringBuilder out = new StringBuilder();
    for (Resource resource : resources) {
      if (out.length() > 0) {
        out.append(' ');
      }
      out.append(ResourceText.format(resource));
    }
    return out.toString();
  }

  /**
   * Splits and parses. A blank is a separator when it is not escaped and the element has had three
   * unescaped colons; an earlier one belongs to the element.
   *
   * @throws TextFormatException as {@link ResourceText#parse}
   */
  public static List<Resource> parse(String text) throws TextFormatException {
    List<Resource> resources = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    int colons = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        element.append(c);
        if (++i < text.length()) {
          element.append(text.charAt(i));
        }
      } else if (c == ' ' && colons >= COLONS_BEFORE_SEPARATOR) {
        resources.add(ResourceText.parse(element.toString()));
        element.setLength(0);
        colons = 0;
      } else {
        colons += c == ':' ? 1 : 0;
        element.append(c == ' ' ? "\\ " : String.valueOf(c));
      }
    }
    if (element.length() > 0) {
      resources.add(ResourceText.parse(element.toString()));
    }
    return resources;
  }
}
