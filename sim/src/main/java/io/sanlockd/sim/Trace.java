package io.sanlockd.sim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The last things that happened, for a reader. Costs nothing while it is off. */
final class Trace {
  private final int limit;
  private final ArrayDeque<String> lines = new ArrayDeque<>();

  /** Keeps this many lines, 0 = off. */
  Trace(int limit) {
    this.limit = limit;
  }

  boolean on() {
    return limit > 0;
  }

  void add(long nowNanos, String who, Supplier<String> what) {
    if (limit > 0) {
      if (lines.size() == limit) {
        lines.removeFirst();
      }
      lines.addLast(String.format(Locale.ROOT, "%12.6f  %-9s %s", nowNanos / 1e9, who, what.get()));
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
