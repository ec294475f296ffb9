package io.sanlockd.cli.operate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A {@link FailurePlan} as a timeline: one lane for each of those who act. */
final class PlanDrawing {
  private static final int WIDTH = 66;
  private static final int LABEL_WIDTH = 11;
  private static final int[] STEPS = {1, 2, 5, 10, 20, 50, 100, 200, 500};
  private static final int MOST_TICKS = 9;

  private final FailurePlan plan;
  private final Console console;
  private final int outageSeconds;
  private final double secondsPerColumn;
  private final int end;

  /**
   * A drawing.
   *
   * @param outageSeconds drawn as a lane of its own unless 0, cut when it is very long
   */
  PlanDrawing(FailurePlan plan, Console console, int outageSeconds) {
    this.plan = plan;
    this.console = console;
    this.outageSeconds = outageSeconds;
    this.end = Math.max(plan.takeoverTo(), Math.min(outageSeconds, 2 * plan.takeoverTo())) + 1;
    this.secondsPerColumn = end / (double) WIDTH;
  }

  List<String> lines() {
    String light = console.glyph("░", ".");
    String medium = console.glyph("▒", "+");
    String full = console.glyph("█", "#");
    List<String> lines = new ArrayList<>(scale());
    if (outageSeconds > 0) {
      lines.add(lane("storage", mark(blank(), 0, outageSeconds, console.glyph("─", "-"))));
    }
    String[] renewals = mark(blank(), 0, 0, console.glyph("●", "o"));
    for (double attempt : plan.attempts()) {
      mark(renewals, attempt, attempt, console.glyph("×", "x"));
    }
    lines.add(lane("renewals", renewals));
    lines.add(lane("log", mark(blank(), plan.warn(), plan.lost(), light)));
    int last = plan.watchdog() ? plan.resetBefore() : end;
    String[] processes = mark(blank(), plan.lost(), plan.sigkill(), medium);
    lines.add(lane("processes", mark(processes, plan.sigkill(), last, full)));
    if (plan.watchdog()) {
      String[] watchdog = mark(blank(), plan.uncleanCloseFrom(), plan.lost(), light);
      lines.add(lane("watchdog", mark(watchdog, plan.resetFrom(), plan.resetBefore(), full)));
    }
    lines.add(
        lane("other hosts", mark(blank(), plan.takeoverFrom(), end, console.glyph("►", ">"))));
    lines.add("");
    lines.add(
        legend(
            console.glyph("●", "o") + " renewed",
            console.glyph("×", "x") + " attempt fails",
            light + " warning, last ping"));
    lines.add(
        legend(
            medium + " SIGTERM",
            full + " SIGKILL, reset",
            console.glyph("►", ">") + " takeover possible"));
    return lines;
  }

  private static String legend(String... entries) {
    return label("") + String.join("   ", entries);
  }

  private List<String> scale() {
    int step = STEPS[STEPS.length - 1];
    for (int candidate : STEPS) {
      if (end / candidate <= MOST_TICKS) {
        step = candidate;
        break;
      }
    }
    StringBuilder numbers = new StringBuilder(" ".repeat(WIDTH + 8));
    String[] ruler = new String[WIDTH];
    Arrays.fill(ruler, console.glyph("─", "-"));
    for (int second = 0; column(second) < WIDTH; second += step) {
      String text = Integer.toString(second);
      if (column(second) + text.length() <= WIDTH) {
        numbers.replace(column(second), column(second) + text.length(), text);
      }
      ruler[column(second)] = console.glyph("┬", "+");
    }
    return List.of(
        label("seconds") + numbers.toString().stripTrailing(), label("") + String.join("", ruler));
  }

  private int column(double second) {
    return (int) (second / secondsPerColumn);
  }

  private static String[] blank() {
    String[] cells = new String[WIDTH];
    Arrays.fill(cells, " ");
    return cells;
  }

  /** Fills from one second up to another, at least one cell. */
  private String[] mark(String[] cells, double from, double to, String glyph) {
    int first = Math.min(WIDTH - 1, column(from));
    int last = Math.min(WIDTH, Math.max(first + 1, column(to)));
    Arrays.fill(cells, first, last, glyph);
    return cells;
  }

  private static String lane(String name, String[] cells) {
    return (label(name) + String.join("", cells)).stripTrailing();
  }

  private static String label(String name) {
    return " ".repeat(LABEL_WIDTH - name.length()) + name + "  ";
  }
}
