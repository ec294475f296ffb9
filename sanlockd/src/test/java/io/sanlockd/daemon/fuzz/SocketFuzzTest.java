package io.sanlockd.daemon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.golden.Capture;
import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever clients send in whatever pieces, the daemon goes on: after each batch it answers
 * VERSION, has closed the connections that were closed, and has logged no internal error.
 */
class SocketFuzzTest {
  private static final Path CAPTURES = Path.of("../client-lib/src/test/resources/wire");
  private static final int MESSAGES_IN_BATCH = 20;
  private static final int BATCHES_OF_A_WORLD = 100;
  private static final int LENGTH_AT = 16;
  private static final int COMMAND_AT = 8;

  @TempDir private Path directory;
  private final List<byte[]> recorded = new ArrayList<>();
  private LoopWorld world;
  private int batches;
  private int descriptorsBefore;

  @Test
  void theDaemonSurvivesEveryMessage() throws Exception {
    try (Stream<Path> files = Files.list(CAPTURES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".txt", "");
        byte[] requests = Capture.read(name).requests(1);
        if (requests.length >= MessageHeader.LENGTH) {
          recorded.add(requests);
        }
      }
    }
    assertThat(recorded).hasSizeGreaterThan(150);
    newWorld();
    // One world first: what is opened once and for all does not count as a leak.
    descriptorsBefore = LoopWorld.descriptors();
    long messages = Fuzz.count(10_000);
    long batchCount = (messages + MESSAGES_IN_BATCH - 1) / MESSAGES_IN_BATCH;
    Fuzz.runCases("socket messages", batchCount, this::batch);
    world.close();
  }

  private void newWorld() throws Exception {
    if (world != null) {
      world.close();
    }
    world = new LoopWorld(directory);
    version();
  }

  private void batch(Input input) throws Exception {
    if (++batches % BATCHES_OF_A_WORLD == 0 || world.ended()) {
      newWorld();
      assertThat(LoopWorld.descriptors()).isLessThanOrEqualTo(descriptorsBefore + 2);
    }
    int connections = 1 + input.below(3);
    int rest = MESSAGES_IN_BATCH;
    for (int i = 1; rest > 0; i++) {
      int here = i == connections ? rest : 1 + input.below(rest);
      rest -= here;
      conversation(input, here);
    }
    version();
    world.endUses();
    world.awaitEndOfConnections();
    assertThat(world.internalErrors()).isEmpty();
  }

  private void conversation(Input input, int messages) throws IOException {
    ByteBuffer stream = ByteBuffer.allocate(1 << 20);
    for (int i = 0; i < messages; i++) {
      byte[] message = message(input);
      if (message.length <= stream.remaining()) {
        stream.put(message);
      }
    }
    byte[] all = new byte[stream.flip().remaining()];
    stream.get(all);
    input.working(all);
    try (SocketChannel channel = connect()) {
      ByteBuffer out = ByteBuffer.wrap(all);
      ByteBuffer in = ByteBuffer.allocate(1 << 16);
      channel.configureBlocking(false);
      int idle = 0;
      while (out.hasRemaining() && idle < 10_000) {
        // In pieces; each is a write of its own.
        int piece = input.onceIn(3) ? out.remaining() : 1 + input.below(out.remaining());
        ByteBuffer slice = out.slice(out.position(), piece);
        int written = channel.write(slice);
        out.position(out.position() + written);
        idle = written == 0 ? idle + 1 : 0;
        if (channel.read(in.clear()) < 0) {
          return;
        }
      }
      if (input.onceIn(3)) {
        channel.shutdownOutput();
      }
      if (channel.read(in.clear()) < 0) {
        return;
      }
    } catch (IOException e) {
      // The daemon may close a connection that talks nonsense.
      assertThat(e.getMessage()).containsAnyOf("Broken pipe", "Connection reset");
    }
  }

  private byte[] message(Input input) {
    byte[] request = input.oneOf(recorded);
    switch (input.below(6)) {
      case 0 -> {
        return request;
      }
      case 1 -> {
        byte[] noise = input.bytes(input.below(200));
        return noise;
      }
      case 2 -> {
        byte[] made = new byte[MessageHeader.LENGTH + input.below(2000)];
        new MessageHeader(
                1,
                input.below(50),
                (int) input.number(),
                (int) input.number(),
                0,
                (int) input.number(),
                (int) input.number())
            .encode(ByteBuffer.wrap(made).order(ByteOrder.LITTLE_ENDIAN));
        return made;
      }
      case 3 -> {
        byte[] other = request.clone();
        ByteBuffer.wrap(other)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(LENGTH_AT, (int) input.number())
            .putInt(COMMAND_AT, 1 + input.below(44));
        return other;
      }
      default -> {
        byte[] damaged = input.damaged(request);
        if (!input.onceIn(8)) {
          System.arraycopy(request, 0, damaged, 0, COMMAND_AT);
        }
        return damaged;
      }
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(world.path()));
    return channel;
  }

  private void version() throws Exception {
    try (SocketChannel channel = connect()) {
      ByteBuffer message = ByteBuffer.allocate(MessageHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      MessageHeader.request(Command.VERSION, 0, 0, 0, 0).encode(message);
      message.flip();
      while (message.hasRemaining()) {
        channel.write(message);
      }
      message.clear();
      while (message.hasRemaining()) {
        assertThat(channel.read(message)).as("an answer to VERSION").isPositive();
      }
      assertThat(MessageHeader.decode(message.flip()).command())
          .isEqualTo(Command.VERSION.number());
    }
  }
}
