package io.sanlockd.daemon.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.exposition.HttpHead.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadTest {
  private static HttpHead of(String line) {
    return HttpHead.of(line + "\r\nHost: x\r\n\r\n").orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /metrics HTTP/1.1",
        "GET /metrics HTTP/1.0",
        "GET /metrics?name[]=a HTTP/1.1",
        "GET http://localhost/metrics HTTP/1.1"
      })
  void thePageIsFound(String line) {
    assertThat(of(line)).isEqualTo(new HttpHead(Status.OK, "", true));
  }

  @Test
  void headWantsNoBody() {
    assertThat(of("HEAD /metrics HTTP/1.1")).isEqualTo(new HttpHead(Status.OK, "", false));
    assertThat(of("HEAD /other HTTP/1.1").bodyWanted()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1', NOT_FOUND",
    "'GET /metrics/x HTTP/1.1', NOT_FOUND",
    "'POST /metrics HTTP/1.1', METHOD_NOT_ALLOWED",
    "'GET /metrics HTTP/2.0', VERSION_NOT_SUPPORTED",
    "'GET /metrics', BAD_REQUEST",
    "'GET  /metrics HTTP/1.1', BAD_REQUEST",
    "' /metrics HTTP/1.1', BAD_REQUEST",
    "'hello', BAD_REQUEST",
    "'', BAD_REQUEST",
    "'GET /metrics SMTP/1.1', BAD_REQUEST"
  })
  void everythingElseHasAName(String line, Status status) {
    HttpHead head = of(line);
    assertThat(head.status()).isEqualTo(status);
    assertThat(head.reason()).isNotEmpty();
  }

  @Test
  void aHeadEndsWithABlankLine() {
    assertThat(HttpHead.of("")).isEmpty();
    assertThat(HttpHead.of("GET /metrics HTTP/1.1\r\n")).isEmpty();
    assertThat(HttpHead.of("GET /metrics HTTP/1.1\r\nHost: x\r\n")).isEmpty();
    assertThat(HttpHead.of("GET /metrics HTTP/1.1\n\n")).isPresent();
  }
}
