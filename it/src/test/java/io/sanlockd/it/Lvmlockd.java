package io.sanlockd.it;

import io.sanlockd.model.testing.Skip;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * LVM's own lvmlockd on one host, a client of that host's sanlock daemon. It is asked over its
 * socket, as the commands of LVM ask it: they themselves need the device mapper.
 */
final class Lvmlockd implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/lvmlockd");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** In seconds. No test waits for a loss, and a busy disk must not end one. */
  private static final int IO_TIMEOUT = 4;

  private static final String END = "\n##\n";

  private final Process process;
  private final Path socket;
  private final Path log;

  private Lvmlockd(Process process, Path socket, Path log) {
    this.process = process;
    this.socket = socket;
    this.log = log;
  }

  /** Skips the test where the program is not installed. */
  static Lvmlockd start(Daemon daemon, Path directory, int hostId) throws Exception {
    Skip.unlessInstalled(Files.isExecutable(PROGRAM), "the Debian package lvm2-lockd");
    Path own = Files.createTempDirectory(directory, "lvmlockd");
    Path socket = own.resolve("socket");
    Path log = own.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    PROGRAM.toString(),
                    "--daemon-debug",
                    "--gl-type",
                    "sanlock",
                    "--host-id",
                    Integer.toString(hostId),
                    "--sanlock-timeout",
                    Integer.toString(IO_TIMEOUT),
                    "--pid-file",
                    own.resolve("pid").toString(),
                    "--socket-path",
                    socket.toString(),
                    "--adopt-file",
                    own.resolve("adopt").toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SANLOCK_RUN_DIR", daemon.runDirectory().toString());
    Lvmlockd lvmlockd = new Lvmlockd(builder.start(), socket, log);
    Await.until(
        "lvmlockd listens", LIMIT, () -> Files.exists(socket) || !lvmlockd.process.isAlive());
    return lvmlockd;
  }

  /** A command of LVM: what it locks without the option "persistent" ends with its connection. */
  final class Client implements AutoCloseable {
    private final SocketChannel channel;

    private Client() throws IOException {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    /** The result of lvmlockd for a request, 0 or a negative number. */
    int result(String request, Map<String, String> values) throws IOException {
      String result = ask(request, values).get("op_result");
      if (result == null) {
        throw new IOException("no result, see " + log() + ":\n" + Files.readString(log()));
      }
      return Integer.parseInt(result);
    }

    /** The answer to a request. */
    Map<String, String> ask(String request, Map<String, String> values) throws IOException {
      StringBuilder text = new StringBuilder("request = \"" + request + "\"\n");
      values.forEach((key, value) -> text.append(key + " = " + quoted(value) + "\n"));
      text.append(END);
      channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)));
      StringBuilder answer = new StringBuilder();
      ByteBuffer part = ByteBuffer.allocate(4096);
      while (answer.indexOf(END) < 0) {
        if (channel.read(part.clear()) < 0) {
          throw new EOFException("lvmlockd hung up:\n" + Files.readString(log()));
        }
        answer.append(StandardCharsets.US_ASCII.decode(part.flip()));
      }
      return valuesOf(answer.toString());
    }

    private static String quoted(String value) {
      return value.matches("[0-9]+") ? value : '"' + value + '"';
    }

    private static Map<String, String> valuesOf(String answer) {
      Map<String, String> found = new LinkedHashMap<>();
      for (String line : answer.split("\n", -1)) {
        String[] parts = line.split(" = ", 2);
        if (parts.length == 2) {
          found.put(parts[0], parts[1].replace("\"", ""));
        }
      }
      return found;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  Client client() throws IOException {
    return new Client();
  }

  /** What it did, as it tells with --daemon-debug. */
  Path log() {
    return log;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    Command.kill9(process);
  }
}
