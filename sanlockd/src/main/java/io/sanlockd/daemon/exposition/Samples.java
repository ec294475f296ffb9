package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.metrics.DurationHistogram;
import java.util.concurrent.TimeUnit;

/** The lines of one metric family, in OpenMetrics text 1.0. */
final class Samples {
  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final String family;
  private final StringBuilder text = new StringBuilder();

  Samples(String family) {
    this.family = family;
  }

  /** A gauge that counts something. */
  void gauge(Labels labels, long value) {
    sample("", labels, Long.toString(value));
  }

  /** A gauge that is 1 or 0. */
  void gauge(Labels labels, boolean value) {
    gauge(labels, value ? 1 : 0);
  }

  /** A gauge in seconds. */
  void gaugeOfNanos(Labels labels, long nanos) {
    sample("", labels, seconds(nanos));
  }

  /** A counter. */
  void counter(Labels labels, long value) {
    sample("_total", labels, Long.toString(value));
  }

  /** A counter in seconds. */
  void counterOfNanos(Labels labels, long nanos) {
    sample("_total", labels, seconds(nanos));
  }

  /** Facts that do not change. */
  void info(Labels labels) {
    sample("_info", labels, "1");
  }

  /** A histogram in seconds. */
  void histogram(Labels labels, DurationHistogram histogram) {
    long below = 0;
    int last = DurationHistogram.buckets() - 1;
    for (int bucket = 0; bucket <= last; bucket++) {
      below += histogram.count(bucket);
      String bound =
          bucket == last ? "+Inf" : Double.toString(DurationHistogram.boundMillis(bucket) / 1000.0);
      sample("_bucket", labels.and("le", bound), Long.toString(below));
    }
    // The same as the last bucket, whatever was recorded meanwhile.
    sample("_count", labels, Long.toString(below));
    sample("_sum", labels, seconds(histogram.sumNanos()));
  }

  /** A summary in seconds, without quantiles. */
  void summary(Labels labels, long count, long sumNanos) {
    sample("_count", labels, Long.toString(count));
    sample("_sum", labels, seconds(sumNanos));
  }

  private void sample(String suffix, Labels labels, String value) {
    text.append(family).append(suffix);
    if (!labels.text().isEmpty()) {
      text.append('{').append(labels.text()).append('}');
    }
    text.append(' ').append(value).append('\n');
  }

  private static String seconds(long nanos) {
    String fraction = Long.toString(NANOS_PER_SECOND + nanos % NANOS_PER_SECOND);
    return nanos / NANOS_PER_SECOND + "." + fraction.substring(1);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
