package io.sanlockd.daemon.boot;

import io.sanlockd.model.testing.Until;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A registered process of its own. It says {@code registered}, ignores SIGTERM but says {@code
 * term}, and closes its connection when told to {@code close}.
 */
final class Holder implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader says;

  private Holder(Process process) {
    this.process = process;
    this.says =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  /** The process itself. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]));
    ByteBuffer message = ByteBuffer.allocate(MessageHeader.LENGTH);
    MessageHeader.request(Command.REGISTER, 0, 0, 0, 0).encode(message);
    channel.write(message.flip());
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  out.println("term");
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    out.println("registered");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("close")) {
        channel.close();
        out.println("closed");
      }
    }
    Runtime.getRuntime().halt(0);
  }

  /** Starts one and waits until it is registered. */
  static Holder start(RealDaemon daemon) throws Exception {
    Holder holder =
        new Holder(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx32m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Holder.class.getName(),
                    daemon.socket().toString())
                .redirectError(new File("/dev/null"))
                .start());
    holder.expect("registered");
    Until.holds(
        "registration",
        () ->
            daemon.client().status().stream()
                .anyMatch(s -> s.entry().data32() == holder.pid() && s.value("ci").isPresent()));
    return holder;
  }

  int pid() {
    return (int) process.pid();
  }

  void tell(String word) throws IOException {
    process.getOutputStream().write((word + "\n").getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
  }

  void expect(String word) throws IOException {
    String line = says.readLine();
    if (!word.equals(line)) {
      throw new AssertionError("expected " + word + ", got " + line);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Exit status as the shell shows it: 137 after SIGKILL. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process lives on");
    }
    return process.exitValue();
  }

  void kill() {
    process.destroyForcibly();
  }

  /** For messages. */
  @Override
  public String toString() {
    return List.of("holder", pid()).toString();
  }

  @Override
  public void close() {
    kill();
  }
}
