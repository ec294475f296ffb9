package io.sanlockd.cli;

import java.util.List;

/** Guesses what was meant by a word that is none of those known. */
final class Suggestion {
  private static final int FAR = 3;

  private Suggestion() {}

  /** The known topic whose action is nearest, or an empty text when none is near. */
  static String of(String word, List<HelpTopic> topics) {
    String best = "";
    int bestDistance = FAR;
    for (HelpTopic topic : topics) {
      String action = topic.name().substring(topic.name().indexOf(' ') + 1);
      int distance = distance(word, action);
      if (distance < bestDistance && distance < action.length() / 2) {
        best = action;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** How many letters must be changed, inserted or left out; FAR or more for long words at once. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) >= FAR) {
      return FAR;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
