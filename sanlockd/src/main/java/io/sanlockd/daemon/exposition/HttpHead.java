package io.sanlockd.daemon.exposition;

import java.util.Optional;
import java.util.Set;

/**
 * The head of an HTTP request, as far as it matters to a server with one page: RFC 9112, without
 * bodies and without connections that stay open.
 *
 * @param status 200, or why it is refused
 * @param reason what is wrong, for people; empty when nothing is
 * @param bodyWanted whether the answer is to have a body
 */
record HttpHead(Status status, String reason, boolean bodyWanted) {
  /** Status lines we send. */
  enum Status {
    OK(200, "OK"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    REQUEST_TIMEOUT(408, "Request Timeout"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large"),
    SERVICE_UNAVAILABLE(503, "Service Unavailable"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    private final int number;
    private final String text;

    Status(int number, String text) {
      this.number = number;
      this.text = text;
    }

    @Override
    public String toString() {
      return number + " " + text;
    }
  }

  static final String PATH = "/metrics";

  private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1");

  private static HttpHead refused(Status status, String reason) {
    return new HttpHead(status, reason, true);
  }

  /**
   * Judges what has come in so far.
   *
   * @param text one char for each byte
   * @return empty while the blank line that ends a head is missing
   */
  static Optional<HttpHead> of(String text) {
    if (!text.contains("\r\n\r\n") && !text.contains("\n\n")) {
      return Optional.empty();
    }
    return Optional.of(ofFirstLine(text.lines().findFirst().orElse("")));
  }

  private static HttpHead ofFirstLine(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || words[0].isEmpty() || !words[2].startsWith("HTTP/")) {
      return refused(Status.BAD_REQUEST, "not an HTTP request");
    }
    if (!VERSIONS.contains(words[2])) {
      return refused(Status.VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    boolean isHead = words[0].equals("HEAD");
    if (!isHead && !words[0].equals("GET")) {
      return refused(Status.METHOD_NOT_ALLOWED, "only GET and HEAD are possible");
    }
    boolean found = pathOf(words[1]).equals(PATH);
    return new HttpHead(
        found ? Status.OK : Status.NOT_FOUND, found ? "" : "there is only " + PATH, !isHead);
  }

  /** The path of a target, which may name a host before and a query behind it. */
  private static String pathOf(String target) {
    String path = target.replaceFirst("^[a-z]+://[^/?]*", "");
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
