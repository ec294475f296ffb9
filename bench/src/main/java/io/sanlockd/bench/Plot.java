package io.sanlockd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * A picture (SVG) of a metric that was measured for several numbers of something, ours and C's;
 * both axes logarithmic. Bars are the lowest and highest rounds.
 */
final class Plot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final int LEFT = 80;
  private static final int RIGHT = 30;
  private static final int TOP = 50;
  private static final int BOTTOM = 60;

  private final String title;
  private final String across;
  private final Pattern names;
  private final List<Point> points = new ArrayList<>();

  private record Point(double x, Spread c, Spread ours) {}

  /**
   * A picture without points.
   *
   * @param title what is measured, with its unit
   * @param across what the numbers count
   * @param names matches the whole names of the metrics; its group is the number
   */
  Plot(String title, String across, Pattern names) {
    this.title = title;
    this.across = across;
    this.names = names;
  }

  /** Takes what belongs to it: measured for both programs. */
  void add(Comparison comparison) {
    Matcher matcher = names.matcher(comparison.metric().name());
    if (matcher.matches() && comparison.c().isPresent()) {
      double x = Double.parseDouble(matcher.group(1));
      points.add(new Point(x, comparison.c().get(), comparison.ours()));
    }
  }

  /** Whether there is a line to draw. */
  boolean isDrawable() {
    return points.size() >= 2;
  }

  /** The picture. */
  String svg() {
    Scale x = Scale.around(points.stream().mapToDouble(Point::x).toArray(), LEFT, WIDTH - RIGHT);
    double[] values =
        points.stream()
            .flatMapToDouble(
                p ->
                    DoubleStream.of(p.c.lowest(), p.c.highest(), p.ours.lowest(), p.ours.highest()))
            .toArray();
    Scale y = Scale.around(values, HEIGHT - BOTTOM, TOP);
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                + " font-family=\"sans-serif\" font-size=\"13\">%n",
            WIDTH, HEIGHT));
    svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, HEIGHT));
    svg.append(text(WIDTH / 2.0, 28, "middle", "black", title));
    svg.append(text(WIDTH / 2.0, HEIGHT - 15, "middle", "black", across));
    for (double tick : y.ticks()) {
      svg.append(line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "#dddddd"));
      svg.append(text(LEFT - 8, y.at(tick) + 4, "end", "black", label(tick)));
    }
    for (Point point : points) {
      svg.append(text(x.at(point.x), HEIGHT - BOTTOM + 20, "middle", "black", label(point.x)));
    }
    series(svg, x, y, "#c0392b", "C", Point::c);
    series(svg, x, y, "#2471a3", "ours", Point::ours);
    return svg.append("</svg>\n").toString();
  }

  private void series(
      StringBuilder svg, Scale x, Scale y, String colour, String name, Function<Point, Spread> of) {
    ToDoubleFunction<Point> median = point -> y.at(of.apply(point).median());
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      double across = x.at(point.x);
      Spread spread = of.apply(point);
      path.append(format("%.1f,%.1f ", across, median.applyAsDouble(point)));
      svg.append(line(across, y.at(spread.lowest()), across, y.at(spread.highest()), colour));
      svg.append(
          format(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n",
              across, median.applyAsDouble(point), colour));
    }
    svg.append(
        format(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
            path.toString().strip(), colour));
    Point last = points.get(points.size() - 1);
    svg.append(text(x.at(last.x) - 8, median.applyAsDouble(last) - 10, "end", colour, name));
  }

  /** A logarithmic scale onto pixels. */
  private record Scale(double low, double high, double from, double to) {
    static Scale around(double[] values, double from, double to) {
      double low = Double.MAX_VALUE;
      double high = Double.MIN_VALUE;
      for (double value : values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      return new Scale(Math.log10(low / 1.3), Math.log10(high * 1.3), from, to);
    }

    double at(double value) {
      return from + (to - from) * (Math.log10(value) - low) / (high - low);
    }

    /** 1, 2 and 5 times the powers of ten within. */
    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int power = (int) Math.floor(low); power <= high; power++) {
        for (int factor : new int[] {1, 2, 5}) {
          double tick = factor * Math.pow(10, power);
          if (Math.log10(tick) >= low && Math.log10(tick) <= high) {
            ticks.add(tick);
          }
        }
      }
      return ticks;
    }
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
        x1, y1, x2, y2, colour);
  }

  private static String text(double x, double y, String anchor, String colour, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, anchor, colour, text);
  }

  private static String label(double value) {
    return value == Math.rint(value) ? format("%.0f", value) : format("%.3g", value);
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
