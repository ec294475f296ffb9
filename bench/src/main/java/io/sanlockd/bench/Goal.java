package io.sanlockd.bench;

import java.util.Locale;

/** What our number should reach, mostly relative to that of the C daemon in the same run. */
sealed interface Goal {
  /** At least {@code times} the C daemon's number. */
  record AtLeastTimes(double times) implements Goal {
    @Override
    public boolean reached(double ours, double c) {
      return ours >= times * c;
    }

    @Override
    public String toString() {
      return "at least " + number(times) + "x";
    }
  }

  /** At most {@code times} the C daemon's number. */
  record AtMostTimes(double times) implements Goal {
    @Override
    public boolean reached(double ours, double c) {
      return ours <= times * c;
    }

    @Override
    public String toString() {
      return "at most " + number(times) + "x";
    }
  }

  /** At most this number, whatever the C daemon has. */
  record AtMost(double limit) implements Goal {
    @Override
    public boolean reached(double ours, double c) {
      return ours <= limit;
    }

    @Override
    public String toString() {
      return "at most " + number(limit);
    }
  }

  /** Reported only. */
  record None() implements Goal {
    @Override
    public boolean reached(double ours, double c) {
      return true;
    }

    @Override
    public String toString() {
      return "";
    }
  }

  /** Whether our median reaches it. */
  boolean reached(double ours, double c);

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
