package io.sanlockd.cli;

import io.sanlockd.client.Reply;
import io.sanlockd.client.Requests;
import io.sanlockd.protocol.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * {@code metrics}: what the daemon tells monitoring systems, from the endpoint that the
 * configuration names, or from the socket {@value #USUAL_SOCKET} in the run directory.
 */
final class MetricsAction {
  /** The one of all examples, also for daemons that got it as an option. */
  private static final String USUAL_SOCKET = "metrics.sock";

  private static final String REQUEST = "GET /metrics HTTP/1.0\r\n\r\n";
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final String GOOD = "HTTP/1.1 200 ";
  private static final String END = "# EOF\n";
  private static final int BUFFER_BYTES = 1 << 16;

  /** The daemon gives itself 10 seconds. */
  private static final int LIMIT_SECONDS = 15;

  private static final int EIO = -5;
  private static final int EACCES = -13;
  private static final int ETIMEDOUT = -110;
  private static final int ECONNREFUSED = -111;

  private final Session session;

  MetricsAction(Session session) {
    this.session = session;
  }

  int run() {
    Path socket = socket();
    int port = session.invocation().config().metricsPort();
    boolean overPort = port != 0 && !Files.exists(socket);
    SocketAddress place =
        overPort
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
            : UnixDomainSocketAddress.of(socket);
    String answer;
    try {
      answer = ask(place);
    } catch (IOException e) {
      return nobodyThere(overPort ? "127.0.0.1:" + port : socket.toString(), e);
    }
    int head = answer.indexOf(END_OF_HEAD);
    String body = head < 0 ? "" : answer.substring(head + END_OF_HEAD.length());
    if (!answer.startsWith(GOOD)) {
      return session.fail(EIO, "the daemon answers: " + body.strip());
    }
    if (!body.endsWith(END)) {
      return session.fail(ETIMEDOUT, "the answer ends early; the daemon was busy or is gone");
    }
    session.out().text(body);
    return session.finish(0);
  }

  private Path socket() {
    String name = session.invocation().config().metricsSocket().orElse(USUAL_SOCKET);
    return Path.of(session.invocation().endpoint().socketPath()).resolveSibling(name);
  }

  /** Says why, by what the daemon itself answers. */
  private int nobodyThere(String place, IOException reason) {
    Reply reply = session.ask(Requests.plain(Command.VERSION));
    if (reply.result() < 0) {
      return session.finish(reply.result());
    }
    Path socket = socket();
    if (Files.exists(socket) && !Files.isWritable(socket)) {
      return session.fail(
          EACCES, "no permission for " + socket + "; be root or in the daemon's group");
    }
    CommandConfig config = session.invocation().config();
    boolean wanted = config.metricsSocket().isPresent() || config.metricsPort() != 0;
    return session.fail(
        ECONNREFUSED,
        wanted
            ? "the daemon serves no metrics at "
                + place
                + " ("
                + reason.getMessage()
                + "); metrics_socket and metrics_port in sanlock.conf count from its next start"
                + " on, and its log says when an endpoint could not be had"
            : "nobody serves metrics at "
                + place
                + "; set metrics_socket = "
                + USUAL_SOCKET
                + " in sanlock.conf and start the daemon again");
  }

  /** One char for each byte of the answer. */
  private static String ask(SocketAddress place) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    try (SocketChannel channel = open(place);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      boolean connected = channel.connect(place);
      while (!connected) {
        await(selector, deadlineNanos);
        connected = channel.finishConnect();
      }
      // It fits into the empty buffer of a new connection.
      channel.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
      key.interestOps(SelectionKey.OP_READ);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      while (channel.read(buffer) >= 0) {
        if (buffer.position() == 0) {
          await(selector, deadlineNanos);
        }
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private static SocketChannel open(SocketAddress place) throws IOException {
    return place instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private static void await(Selector selector, long deadlineNanos) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("no answer within " + LIMIT_SECONDS + " seconds");
    }
    selector.selectedKeys().clear();
  }
}
