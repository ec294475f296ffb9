package io.sanlockd.daemon.exposition;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One metric family: what belongs together under one name.
 *
 * @param name without the suffixes of its samples; ends with its unit where it has one
 * @param help one line for people
 * @param parts each writes some of its samples, at most a few kilobytes
 */
record Family(String name, Kind kind, String help, List<Consumer<Samples>> parts) {
  /** What the numbers are. */
  enum Kind {
    GAUGE,
    COUNTER,
    HISTOGRAM,
    SUMMARY,
    INFO
  }

  private static final List<String> UNITS = List.of("seconds", "bytes");

  /** A family whose samples are written in one go. */
  static Family of(String name, Kind kind, String help, Consumer<Samples> samples) {
    return new Family(name, kind, help, List.of(samples));
  }

  /** The lines before its samples. */
  String header() {
    StringBuilder text = new StringBuilder();
    line(text, "TYPE", kind.name().toLowerCase(Locale.ROOT));
    UNITS.stream()
        .filter(unit -> name.endsWith("_" + unit))
        .forEach(unit -> line(text, "UNIT", unit));
    line(text, "HELP", help.replace("\\", "\\\\").replace("\"", "\\\""));
    return text.toString();
  }

  private void line(StringBuilder text, String keyword, String rest) {
    text.append("# ").append(keyword).append(' ').append(name).append(' ').append(rest);
    text.append('\n');
  }

  /** Some of its samples. */
  String samples(Consumer<Samples> part) {
    Samples samples = new Samples(name);
    part.accept(samples);
    return samples.toString();
  }
}
