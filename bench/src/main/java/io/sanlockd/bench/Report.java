package io.sanlockd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result as a table in Markdown. */
final class Report {
  private final List<String> lines = new ArrayList<>();

  /**
   * A table without lines yet.
   *
   * @param heading what was measured where, one line
   */
  Report(String heading) {
    lines.add(heading);
    lines.add("");
    lines.add(
        "| storage | what | unit | C (lowest..highest) | ours (lowest..highest) | ratio | goal |"
            + " |");
    lines.add("|---|---|---|---|---|---|---|---|");
  }

  /** Adds a line and gives it. */
  String add(Comparison comparison) {
    String line =
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %s | %s | %s | %s | %s |",
            comparison.place(),
            comparison.metric().name(),
            comparison.metric().unit(),
            comparison.c().map(Report::text).orElse("not measured"),
            text(comparison.ours()),
            comparison.ratio().map(ratio -> String.format(Locale.ROOT, "%.2f", ratio)).orElse(""),
            comparison.metric().goal(),
            comparison.reached().map(reached -> reached ? "reached" : "**missed**").orElse(""));
    lines.add(line);
    return line;
  }

  /** Adds a note about what could not be measured and gives it. */
  String skip(String place, String why) {
    String line = "| " + place + " | not measured: " + why.replace('\n', ' ') + " | | | | | | |";
    lines.add(line);
    return line;
  }

  /** Everything, for a file. */
  String text() {
    return String.join("\n", lines) + "\n";
  }

  private static String text(Spread spread) {
    return number(spread.median())
        + " ("
        + number(spread.lowest())
        + ".."
        + number(spread.highest())
        + ")";
  }

  /** Three digits that count. */
  private static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
