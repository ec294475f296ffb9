package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.golden.Capture;
import io.sanlockd.model.testing.Until;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on a real socket of a real daemon. */
class RawSocketTest {
  @TempDir private Path directory;
  private RealDaemon daemon;

  @BeforeEach
  void start() {
    daemon = RealDaemon.start(directory.resolve("run"), "-w", "0", "-e", "h");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
    return channel;
  }

  private static void send(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Reads until there are so many bytes, or the stream ends. */
  private static byte[] receive(SocketChannel channel, int atLeast) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (all.size() < atLeast && channel.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.flip().limit());
      buffer.clear();
    }
    return all.toByteArray();
  }

  private static byte[] header(Command command, int data) {
    ByteBuffer buffer = ByteBuffer.allocate(MessageHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    MessageHeader.request(command, 0, 0, data, 0).encode(buffer);
    return buffer.array();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-acquire-e2big",
        "00-acquire-esrch",
        "00-pipelined",
        "00-short-payload",
        "00-target-pid0",
        "00-version-cmd-any-version"
      })
  void recordedBytesGetTheRecordedAnswer(String name) throws IOException {
    Capture capture = Capture.read(name);
    try (SocketChannel channel = connect()) {
      send(channel, capture.requests(1));
      if (name.equals("00-short-payload")) {
        channel.shutdownOutput();
      }

      byte[] recorded = capture.replies(1);
      assertThat(receive(channel, recorded.length)).isEqualTo(recorded);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00-acquire-e2big", "00-acquire-esrch", "00-pipelined", "00-target-pid0"})
  void theAnswerIsTheSameHoweverTheBytesAreCut(String name) throws IOException {
    Capture capture = Capture.read(name);
    try (SocketChannel channel = connect()) {
      for (byte one : capture.requests(1)) {
        send(channel, new byte[] {one});
      }

      byte[] recorded = capture.replies(1);
      assertThat(receive(channel, recorded.length)).isEqualTo(recorded);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00-empty", "00-short-header"})
  void aStreamThatEndsWithoutARequestIsClosedWithoutAWord(String name) throws IOException {
    try (SocketChannel channel = connect()) {
      send(channel, Capture.read(name).requests(1));
      channel.shutdownOutput();

      assertThat(receive(channel, 1)).isEmpty();
    }
  }

  @Test
  void statusOnARegisteredConnectionIsFollowedByTheNextReply() throws IOException {
    try (SocketChannel channel = connect()) {
      send(channel, header(Command.REGISTER, 0));
      send(channel, header(Command.STATUS, 1));
      send(channel, header(Command.VERSION, 0));

      byte[] first = receive(channel, MessageHeader.LENGTH + 80);
      int textLength =
          ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt(MessageHeader.LENGTH + 72);
      int rest = MessageHeader.LENGTH + 80 + textLength + MessageHeader.LENGTH - first.length;
      assertThat(receive(channel, rest)).hasSize(rest);
    }
  }

  @Test
  void anAcquireThatIsNeverCompletedDoesNotKeepTheProcessBusy() throws Exception {
    try (SocketChannel channel = connect();
        SocketChannel other = connect()) {
      send(channel, header(Command.REGISTER, 0));
      ByteBuffer acquire = ByteBuffer.allocate(MessageHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      MessageHeader.request(Command.ACQUIRE, 0, 1168 + 56, 1, -1).encode(acquire);
      send(channel, acquire.array());
      int pid = (int) ProcessHandle.current().pid();
      Until.holds("registration", () -> daemon.client().inquire(pid).isEmpty());

      send(other, header(Command.VERSION, 0));
      assertThat(receive(other, MessageHeader.LENGTH)).hasSize(MessageHeader.LENGTH);
      assertThat(daemon.client().inquire(pid)).isEmpty();
    }
  }

  @Test
  void manyWhoAskForTheLogAndNeverReadItCostNobodyAnything() throws Exception {
    for (int i = 0; i < 3000; i++) {
      // Lines for the log: a command that is refused.
      try (SocketChannel channel = connect()) {
        send(channel, header(Command.SET_LVB, 0));
        receive(channel, MessageHeader.LENGTH);
      }
    }
    List<SocketChannel> sleepers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      SocketChannel sleeper = connect();
      send(sleeper, header(Command.LOG_DUMP, 0));
      sleepers.add(sleeper);
    }

    long begin = System.nanoTime();
    try (SocketChannel channel = connect()) {
      send(channel, header(Command.VERSION, 0));
      assertThat(receive(channel, MessageHeader.LENGTH)).hasSize(MessageHeader.LENGTH);
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isLessThan(10);
    byte[] log = receive(sleepers.get(0), Integer.MAX_VALUE);
    int announced = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(24);
    assertThat(log).hasSize(MessageHeader.LENGTH + announced);
    for (SocketChannel sleeper : sleepers) {
      sleeper.close();
    }
  }
}
