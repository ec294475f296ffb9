package io.sanlockd.daemon.exposition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.exposition.HttpHead.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One connection, seen from both ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScrapeTest {
  private static final String REQUEST = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir private Path directory;
  private ServerSocketChannel listener;
  private SocketChannel peer;
  private Selector selector;
  private SelectionKey key;
  private Scrape scrape;
  private long nowNanos;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
    peer = SocketChannel.open(address);
    SocketChannel channel = listener.accept();
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, SelectionKey.OP_READ);
    scrape = new Scrape(channel, key, nowNanos);
  }

  @AfterEach
  void closeAll() throws IOException {
    scrape.close();
    selector.close();
    peer.close();
    listener.close();
  }

  private void send(String text) throws IOException {
    peer.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
    scrape.ready(nowNanos);
  }

  private String received() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer some = ByteBuffer.allocate(4096);
    while (peer.read(some) >= 0) {
      all.write(some.array(), 0, some.position());
      some.clear();
    }
    return all.toString(ISO_8859_1);
  }

  private void secondsPass(int seconds) throws IOException {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
    scrape.checkDeadline(nowNanos);
  }

  @Test
  void aRequestInPiecesWaitsForTheMainLoopWhenItIsComplete() throws IOException {
    for (int i = 0; i < REQUEST.length(); i++) {
      assertThat(scrape.waiting()).isFalse();
      send(REQUEST.substring(i, i + 1));
    }
    assertThat(scrape.waiting()).isTrue();
    scrape.answer(List.of("a 1\n", "# EOF\n").iterator(), nowNanos);
    assertThat(received())
        .isEqualTo(
            """
            HTTP/1.1 200 OK\r
            Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r
            Connection: close\r
            \r
            a 1
            # EOF
            """);
  }

  @Test
  void headGetsNoBodyAndDoesNotTroubleTheMainLoop() throws IOException {
    send("HEAD /metrics HTTP/1.1\r\n\r\n");
    assertThat(scrape.waiting()).isFalse();
    assertThat(received()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
  }

  @Test
  void badRequestsGetAnAnswerThatSaysWhy() throws IOException {
    send("POST /metrics HTTP/1.1\r\n\r\n");
    assertThat(received())
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("\r\nAllow: GET, HEAD\r\n")
        .endsWith("\r\n\r\nonly GET and HEAD are possible\n");
  }

  @Test
  void anEndlessHeadIsRefused() throws IOException {
    send("GET /metrics HTTP/1.1\r\n" + "X: y\r\n".repeat(Scrape.HEAD_BYTES));
    assertThat(received()).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void anAnswerThatNobodyReadsIsGivenUp() throws IOException {
    send(REQUEST);
    Iterator<String> endless = Stream.generate(() -> "x".repeat(1000)).iterator();
    scrape.answer(endless, nowNanos);
    assertThat(key.interestOps()).isEqualTo(SelectionKey.OP_WRITE);
    secondsPass(9);
    assertThat(scrape.closed()).isFalse();
    secondsPass(1);
    assertThat(scrape.closed()).isTrue();
  }

  @Test
  void aRequestThatIsNeverCompleteIsEnded() throws IOException {
    send("GET /met");
    secondsPass(9);
    assertThat(scrape.closed()).isFalse();
    secondsPass(1);
    assertThat(received()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void aPeerThatDoesNotCloseIsLeftASecondAfterTheAnswer() throws IOException {
    send(REQUEST);
    scrape.answer(List.of("# EOF\n").iterator(), nowNanos);
    assertThat(scrape.closed()).isFalse();
    secondsPass(1);
    assertThat(scrape.closed()).isTrue();
  }

  @Test
  void aPeerThatClosesIsDoneWith() throws IOException {
    send(REQUEST);
    scrape.refuse(Status.SERVICE_UNAVAILABLE, "busy", nowNanos);
    assertThat(received()).endsWith("\r\n\r\nbusy\n");
    peer.close();
    scrape.ready(nowNanos);
    assertThat(scrape.closed()).isTrue();
  }

  @Test
  void aPeerThatGoesOnSendingIsNotListenedToForEver() throws IOException {
    send(REQUEST);
    scrape.answer(List.of("# EOF\n").iterator(), nowNanos);
    int rounds = 0;
    while (!scrape.closed()) {
      assertThat(++rounds).isLessThan(100);
      send("y".repeat(Scrape.HEAD_BYTES));
    }
  }
}
