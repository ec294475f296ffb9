package io.sanlockd.cli.operate;

import java.util.List;
import java.util.Locale;

/** The renewal history of a lockspace as an SVG picture: reads, writes, failures, the limit. */
final class RenewalChart {
  static final int WIDTH = 860;
  static final int HEIGHT = 260;

  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 34;
  private static final int BOTTOM = 40;
  private static final double LEAST_MILLIS = 0.5;
  private static final String READ = "#2b6cb0";
  private static final String WRITE = "#c05621";
  private static final String FAILURE = "#c53030";

  private final LockspaceView lockspace;
  private final long now;
  private final List<RenewalPoint> points;
  private final long first;
  private final long last;
  private final double most;
  private final StringBuilder svg = new StringBuilder();

  private RenewalChart(LockspaceView lockspace, long now) {
    this.lockspace = lockspace;
    this.now = now;
    this.points = lockspace.renewals();
    this.first = points.isEmpty() ? now - 1 : points.get(0).timestamp();
    this.last = Math.max(first + 1, now);
    this.most = lockspace.ioTimeout() * 2000.0;
  }

  /**
   * The picture with its own name space, usable as a file or inside a page.
   *
   * @param now the daemon's clock
   */
  static String of(LockspaceView lockspace, long now) {
    return new RenewalChart(lockspace, now).draw();
  }

  private String draw() {
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
                + " %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT));
    svg.append(
        String.format(
            Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n", WIDTH, HEIGHT));
    text(LEFT, 18, "start", "#1a202c", "Renewals of " + lockspace.name() + ": milliseconds");
    text(WIDTH - RIGHT - 190, 18, "start", READ, "■ read");
    text(WIDTH - RIGHT - 130, 18, "start", WRITE, "■ write");
    text(WIDTH - RIGHT, 18, "end", FAILURE, "▼ failed");
    grid();
    for (RenewalPoint point : points) {
      bar(point, point.readMillis(), -1, READ);
      bar(point, point.writeMillis(), 1, WRITE);
      if (point.failures() > 0) {
        text(x(point.timestamp()), TOP + 2, "middle", FAILURE, "▼");
      }
    }
    if (points.isEmpty()) {
      text(WIDTH / 2, HEIGHT / 2, "middle", "#718096", "this daemon keeps no history");
    }
    return svg.append("</svg>\n").toString();
  }

  private void grid() {
    for (int millis = 1; millis <= most; millis *= 10) {
      line(y(millis), "#e2e8f0", "");
      text(LEFT - 6, y(millis) + 4, "end", "#4a5568", Integer.toString(millis));
    }
    int limit = lockspace.ioTimeout() * 1000;
    line(y(limit), FAILURE, " stroke-dasharray=\"6 4\"");
    text(LEFT + 4, y(limit) - 4, "start", FAILURE, "io_timeout " + lockspace.ioTimeout() + " s");
    for (int part = 0; part <= 4; part++) {
      long second = first + (last - first) * part / 4;
      String anchor = part == 0 ? "start" : part == 4 ? "end" : "middle";
      String label = part == 4 ? "now" : "-" + duration(now - second);
      text(x(second), HEIGHT - BOTTOM + 18, anchor, "#4a5568", label);
    }
  }

  /** Seconds as a human says them. */
  static String duration(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  private int x(long second) {
    return (int) (LEFT + (second - first) * (WIDTH - LEFT - RIGHT) / (double) (last - first));
  }

  private int y(double millis) {
    double part =
        Math.log(Math.max(LEAST_MILLIS, millis) / LEAST_MILLIS) / Math.log(most / LEAST_MILLIS);
    return (int) (HEIGHT - BOTTOM - Math.min(1, part) * (HEIGHT - TOP - BOTTOM));
  }

  private void line(int y, String color, String more) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"%s/>%n",
            LEFT,
            y,
            WIDTH - RIGHT,
            y,
            color,
            more));
  }

  private void bar(RenewalPoint point, long millis, int shift, String color) {
    int top = y((double) millis);
    int height = Math.max(1, HEIGHT - BOTTOM - top);
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"2\" height=\"%d\" fill=\"%s\"/>%n",
            Math.min(WIDTH - RIGHT - 2, x(point.timestamp()) + shift),
            HEIGHT - BOTTOM - height,
            height,
            color));
  }

  private void text(int x, int y, String anchor, String color, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            color,
            Markup.escape(words)));
  }
}
