package io.sanlockd.cli.operate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** OpenMetrics text 1.0, as the daemon writes it, for JSON. Lines of another form are left out. */
public final class MetricFamilies {
  private static final Pattern FACT = Pattern.compile("# (TYPE|UNIT|HELP) (\\S+) (.*)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? (-?[0-9]+(?:\\.[0-9]+)?)");
  private static final Pattern LABEL = Pattern.compile("([a-z0-9_]+)=\"((?:[^\"\\\\]|\\\\.)*+)\"");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

  private final Map<String, Map<String, Object>> families = new LinkedHashMap<>();
  private List<Object> samples = new ArrayList<>();

  private MetricFamilies() {}

  /**
   * The families of an answer.
   *
   * @param lines in Unicode, without their ends
   */
  public static Map<String, Object> of(List<String> lines) {
    MetricFamilies metrics = new MetricFamilies();
    lines.forEach(metrics::add);
    return Json.object("families", metrics.families.values());
  }

  private void add(String line) {
    Matcher fact = FACT.matcher(line);
    if (fact.matches()) {
      Map<String, Object> family = families.computeIfAbsent(fact.group(2), this::begin);
      boolean isHelp = fact.group(1).equals("HELP");
      family.put(
          fact.group(1).toLowerCase(Locale.ROOT), isHelp ? plain(fact.group(3)) : fact.group(3));
      return;
    }
    Matcher sample = SAMPLE.matcher(line);
    if (sample.matches()) {
      samples.add(
          Json.object(
              "name", sample.group(1),
              "labels", labels(sample.group(2)),
              "value", number(sample.group(3))));
    }
  }

  private Map<String, Object> begin(String name) {
    samples = new ArrayList<>();
    return Json.object("name", name, "type", null, "unit", null, "help", null, "samples", samples);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher label = LABEL.matcher(text == null ? "" : text);
    while (label.find()) {
      labels.put(label.group(1), plain(label.group(2)));
    }
    return labels;
  }

  private static String plain(String escaped) {
    return ESCAPED
        .matcher(escaped)
        .replaceAll(found -> Matcher.quoteReplacement(found.group(1).replace('n', '\n')));
  }

  private static Number number(String text) {
    return text.contains(".") ? Double.valueOf(text) : (Number) Long.valueOf(text);
  }
}
