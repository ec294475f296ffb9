package io.sanlockd.cli.operate;

import java.util.List;
import java.util.Locale;

/**
 * Durations of disk operations, sorted, and what they say about an io_timeout.
 *
 * @param nanos at least one
 */
record Latencies(List<Long> nanos) {
  private static final double MILLI = 1e6;

  /** An operation that used more than this part of the io_timeout leaves too little room. */
  private static final double WORRYING_PART = 0.1;

  /** An io_timeout of this many times the slowest operation seen leaves enough. */
  private static final int HEADROOM = 10;

  static Latencies of(List<Long> nanos) {
    return new Latencies(nanos.stream().sorted().toList());
  }

  /** The duration that this part of all does not exceed, 0..1. */
  long quantile(double part) {
    int index = (int) Math.ceil(part * nanos.size()) - 1;
    return nanos.get(Math.max(0, Math.min(nanos.size() - 1, index)));
  }

  long slowest() {
    return nanos.get(nanos.size() - 1);
  }

  /** {@code 64 reads: half below 0.1 ms, 99 % below 0.4 ms, slowest 0.5 ms}. */
  String text(String what) {
    return String.format(
        Locale.ROOT,
        "%d %s: half within %.1f ms, 99 %% within %.1f ms, slowest %.1f ms",
        nanos.size(),
        what,
        quantile(0.5) / MILLI,
        quantile(0.99) / MILLI,
        slowest() / MILLI);
  }

  /** How they fit an io_timeout. */
  Severity judge(int ioTimeoutSeconds) {
    double part = slowest() / (ioTimeoutSeconds * 1e9);
    if (part >= 1) {
      return Severity.ERROR;
    }
    return part > WORRYING_PART ? Severity.WARNING : Severity.OK;
  }

  /** The smallest io_timeout with room above the slowest, at least {@code least}. */
  int recommended(int least) {
    long wanted = (long) Math.ceil(slowest() * (double) HEADROOM / 1e9);
    return (int) Math.max(least, Math.min(255, wanted));
  }
}
