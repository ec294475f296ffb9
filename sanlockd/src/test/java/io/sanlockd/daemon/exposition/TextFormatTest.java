package io.sanlockd.daemon.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.exposition.Family.Kind;
import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** OpenMetrics text 1.0. */
class TextFormatTest {
  private static String text(Family... families) {
    StringBuilder text = new StringBuilder();
    new Exposition(List.of(families)).forEachRemaining(text::append);
    return text.toString();
  }

  private static String sampleLines(String name, Consumer<Samples> samples) {
    return Family.of(name, Kind.GAUGE, "Help.", samples).samples(samples);
  }

  @Test
  void nothingAtAllStillHasAnEnd() {
    assertThat(text()).isEqualTo("# EOF\n");
  }

  @Test
  void aFamilyIsTypeUnitHelpAndSamples() {
    Family age =
        new Family(
            "age_seconds",
            Kind.GAUGE,
            "How old.",
            List.of(
                samples -> samples.gauge(Labels.of("space", "A"), 7),
                samples -> samples.gauge(Labels.of("space", "B"), 8)));
    Family ballots = Family.of("ballots", Kind.COUNTER, "Ballots.", s -> s.counter(Labels.NONE, 3));
    assertThat(text(age, ballots))
        .isEqualTo(
            """
            # TYPE age_seconds gauge
            # UNIT age_seconds seconds
            # HELP age_seconds How old.
            age_seconds{space="A"} 7
            age_seconds{space="B"} 8
            # TYPE ballots counter
            # HELP ballots Ballots.
            ballots_total 3
            # EOF
            """);
  }

  @Test
  void aHistogramCountsEachBucketWithAllBelowIt() {
    DurationHistogram histogram = new DurationHistogram();
    histogram.record(TimeUnit.MICROSECONDS.toNanos(400));
    histogram.record(TimeUnit.MILLISECONDS.toNanos(15));
    histogram.record(TimeUnit.SECONDS.toNanos(90));
    assertThat(sampleLines("t_seconds", s -> s.histogram(Labels.of("a", "b"), histogram)))
        .isEqualTo(
            """
            t_seconds_bucket{a="b",le="0.001"} 1
            t_seconds_bucket{a="b",le="0.002"} 1
            t_seconds_bucket{a="b",le="0.005"} 1
            t_seconds_bucket{a="b",le="0.01"} 1
            t_seconds_bucket{a="b",le="0.02"} 2
            t_seconds_bucket{a="b",le="0.05"} 2
            t_seconds_bucket{a="b",le="0.1"} 2
            t_seconds_bucket{a="b",le="0.2"} 2
            t_seconds_bucket{a="b",le="0.5"} 2
            t_seconds_bucket{a="b",le="1.0"} 2
            t_seconds_bucket{a="b",le="2.0"} 2
            t_seconds_bucket{a="b",le="5.0"} 2
            t_seconds_bucket{a="b",le="10.0"} 2
            t_seconds_bucket{a="b",le="20.0"} 2
            t_seconds_bucket{a="b",le="50.0"} 2
            t_seconds_bucket{a="b",le="+Inf"} 3
            t_seconds_count{a="b"} 3
            t_seconds_sum{a="b"} 90.015400000
            """);
  }

  @Test
  void otherKindsOfSamples() {
    assertThat(sampleLines("d", s -> s.info(Labels.of("host", "a"))))
        .isEqualTo("d_info{host=\"a\"} 1\n");
    assertThat(sampleLines("g_seconds", s -> s.summary(Labels.NONE, 2, 1_500_000_000L)))
        .isEqualTo("g_seconds_count 2\ng_seconds_sum 1.500000000\n");
    assertThat(sampleLines("c_seconds", s -> s.counterOfNanos(Labels.NONE, 7)))
        .isEqualTo("c_seconds_total 0.000000007\n");
    assertThat(sampleLines("y", s -> s.gauge(Labels.NONE, true))).isEqualTo("y 1\n");
  }

  @Test
  void quotesBackslashesAndLineEndsInLabelsAreEscaped() {
    assertThat(Labels.of("a", "x\"y\\z\n").text()).isEqualTo("a=\"x\\\"y\\\\z\\n\"");
    assertThat(Labels.NONE.and("a", "b").text()).isEqualTo("a=\"b\"");
    assertThat(Labels.of("a", "b").and("c", "d").text()).isEqualTo("a=\"b\",c=\"d\"");
  }

  @Test
  void namesThatAreUtf8AreShownAsWrittenAndOthersByteForByte() {
    assertThat(Labels.textOf(LeaseName.of("\u00c3\u00a4"))).isEqualTo("\u00e4");
    assertThat(Labels.textOf(LeaseName.of("\u00e4b"))).isEqualTo("\u00e4b");
    assertThat(Labels.textOf(LeaseName.EMPTY)).isEmpty();
  }

  @Test
  void aPartIsWrittenOnlyWhenItsTurnHasCome() {
    List<Integer> written = new ArrayList<>();
    Family family =
        new Family("f", Kind.GAUGE, "F.", List.of(s -> written.add(1), s -> written.add(2)));
    Exposition exposition = new Exposition(List.of(family));
    exposition.next();
    assertThat(written).isEmpty();
    exposition.next();
    assertThat(written).containsExactly(1);
  }
}
