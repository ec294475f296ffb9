package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricFamiliesTest {
  private static String json(String... lines) {
    return Json.write(MetricFamilies.of(List.of(lines)));
  }

  @Test
  void familiesHaveTheirFactsAndSamplesInOrder() {
    assertThat(
            json(
                "# TYPE age_seconds gauge",
                "# UNIT age_seconds seconds",
                "# HELP age_seconds Age.",
                "age_seconds{lockspace=\"LS\",host_id=\"1\"} 0.250000000",
                "# TYPE asked counter",
                "# HELP asked How \\\"often\\\".",
                "asked_total 12",
                "# EOF"))
        .isEqualTo(
            "{\"families\":[{\"name\":\"age_seconds\",\"type\":\"gauge\",\"unit\":\"seconds\","
                + "\"help\":\"Age.\",\"samples\":[{\"name\":\"age_seconds\","
                + "\"labels\":{\"lockspace\":\"LS\",\"host_id\":\"1\"},\"value\":0.25}]},"
                + "{\"name\":\"asked\",\"type\":\"counter\",\"unit\":null,"
                + "\"help\":\"How \\\"often\\\".\",\"samples\":[{\"name\":\"asked_total\","
                + "\"labels\":{},\"value\":12}]}]}");
  }

  @Test
  void labelsMayHoldWhatSeparatesThem() {
    assertThat(json("# TYPE a gauge", "a{b=\"x\\\"},c=\\\\\",d=\"e\\nf\"} -1"))
        .contains("\"labels\":{\"b\":\"x\\\"},c=\\\\\",\"d\":\"e\\nf\"},\"value\":-1");
  }

  @Test
  void linesOfAnotherFormAreLeftOut() {
    assertThat(json("", "#", "# TYPE", "a", "a{", "a{b=\"} x", "{} 1"))
        .isEqualTo("{\"families\":[]}");
  }
}
