package io.sanlockd.cli.golden;

import java.util.List;
import java.util.regex.Pattern;

/** Recorded and actual outcome with the volatile parts deleted. */
public final class Comparison {
  private static final String EXPLANATION = "(?m)^sanlock: .*\\n";

  private final List<String> volatilePatterns;

  /** With the patterns of a case. */
  public Comparison(List<String> volatilePatterns) {
    this.volatilePatterns = volatilePatterns;
  }

  /** A text without its volatile parts. */
  public String stable(String text) {
    String stable = text;
    for (String pattern : volatilePatterns) {
      stable = Pattern.compile(pattern).matcher(stable).replaceAll("");
    }
    return stable;
  }

  /** Standard error without our explanations of failures, which the C program does not have. */
  public static String withoutExplanations(String stderr) {
    return Pattern.compile(EXPLANATION).matcher(stderr).replaceAll("");
  }
}
