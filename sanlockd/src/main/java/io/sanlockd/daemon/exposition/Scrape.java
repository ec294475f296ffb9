package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.exposition.HttpHead.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One connection of a scraper: one request, one answer, within a limit of time. */
final class Scrape {
  /** Most bytes of the head of a request. */
  static final int HEAD_BYTES = 8 * 1024;

  private static final int DISCARDED_BYTES = 64 * 1024;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String PLAIN = "text/plain; charset=utf-8";

  private enum State {
    /** The head of the request comes in. */
    HEAD,
    /** The main loop has to be asked. */
    WAITING,
    /** The answer goes out. */
    ANSWER,
    /** All was sent; what still comes in is discarded, or the peer might lose the answer. */
    DRAIN,
    CLOSED
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
  private State state = State.HEAD;
  private long deadlineNanos;
  private ByteBuffer out = ByteBuffer.allocate(0);
  private Iterator<String> rest = Collections.emptyIterator();
  private int discarded;

  Scrape(SocketChannel channel, SelectionKey key, long nowNanos) {
    this.channel = channel;
    this.key = key;
    this.deadlineNanos = nowNanos + LIMIT_NANOS;
  }

  /** Whether it waits for what the main loop has to say. */
  boolean waiting() {
    return state == State.WAITING;
  }

  /** Whether the peer is still to get an answer, or the rest of it. */
  boolean unanswered() {
    return state == State.HEAD || state == State.WAITING || state == State.ANSWER;
  }

  boolean closed() {
    return state == State.CLOSED;
  }

  /** Goes on as far as the peer lets us. */
  void ready(long nowNanos) throws IOException {
    switch (state) {
      case HEAD -> readHead(nowNanos);
      case ANSWER -> write(nowNanos);
      case DRAIN -> drain();
      case WAITING, CLOSED -> {}
    }
  }

  private void readHead(long nowNanos) throws IOException {
    int count = channel.read(head);
    Optional<HttpHead> request =
        HttpHead.of(new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1));
    if (request.isPresent()) {
      take(request.get(), nowNanos);
    } else if (count < 0) {
      close();
    } else if (!head.hasRemaining()) {
      refuse(Status.HEAD_TOO_LARGE, "more than " + HEAD_BYTES + " bytes", nowNanos);
    }
  }

  private void take(HttpHead request, long nowNanos) throws IOException {
    if (request.status() != Status.OK) {
      refuse(request, nowNanos);
    } else if (request.bodyWanted()) {
      state = State.WAITING;
      key.interestOps(0);
    } else {
      send(statusAndHeaders(Status.OK, Exposition.CONTENT_TYPE), nowNanos);
    }
  }

  /** What it waited for. */
  void answer(Iterator<String> exposition, long nowNanos) throws IOException {
    rest = exposition;
    send(statusAndHeaders(Status.OK, Exposition.CONTENT_TYPE), nowNanos);
  }

  /** An answer that says why there is no other. */
  void refuse(Status status, String reason, long nowNanos) throws IOException {
    refuse(new HttpHead(status, reason, true), nowNanos);
  }

  private void refuse(HttpHead refusal, long nowNanos) throws IOException {
    String body = refusal.bodyWanted() ? refusal.reason() + "\n" : "";
    send(statusAndHeaders(refusal.status(), PLAIN) + body, nowNanos);
  }

  /** The end of the connection is the end of the answer. */
  private static String statusAndHeaders(Status status, String contentType) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: "
        + contentType
        + (status == Status.METHOD_NOT_ALLOWED ? "\r\nAllow: GET, HEAD" : "")
        + "\r\nConnection: close\r\n\r\n";
  }

  private void send(String text, long nowNanos) throws IOException {
    out = encoded(text);
    state = State.ANSWER;
    write(nowNanos);
  }

  private static ByteBuffer encoded(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(long nowNanos) throws IOException {
    while (out.hasRemaining() || rest.hasNext()) {
      if (!out.hasRemaining()) {
        out = encoded(rest.next());
      } else if (channel.write(out) == 0) {
        key.interestOps(SelectionKey.OP_WRITE);
        return;
      }
    }
    channel.shutdownOutput();
    state = State.DRAIN;
    deadlineNanos = nowNanos + DRAIN_NANOS;
    key.interestOps(SelectionKey.OP_READ);
  }

  private void drain() throws IOException {
    head.clear();
    int count = channel.read(head);
    discarded += Math.max(0, count);
    if (count < 0 || discarded > DISCARDED_BYTES) {
      close();
    }
  }

  /** Ends what takes too long. A request that is late is told so, an answer nobody reads is not. */
  void checkDeadline(long nowNanos) throws IOException {
    if (nowNanos - deadlineNanos < 0) {
      return;
    }
    if (state == State.HEAD) {
      refuse(Status.REQUEST_TIMEOUT, "the request was not complete after 10 s", nowNanos);
    } else {
      close();
    }
  }

  void close() {
    state = State.CLOSED;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is left to be done with it.
    }
  }
}
