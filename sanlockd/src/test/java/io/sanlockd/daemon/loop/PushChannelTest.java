package io.sanlockd.daemon.loop;

import static io.sanlockd.daemon.loop.LoopFixture.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that became channels, on real sockets. */
class PushChannelTest {
  private static final int DONE = 1;

  @TempDir private Path directory;
  private LoopFixture fixture;

  @BeforeEach
  void begin() throws IOException {
    fixture = new LoopFixture(directory, LoopFixture.quick(10));
  }

  @AfterEach
  void end() throws IOException {
    fixture.close();
  }

  private PushChannel channel(Client client) throws Exception {
    client.send(Client.command(TestHandler.PUSH));
    client.reply();
    return next(fixture.handler.channels);
  }

  private static ByteBuffer message(int number) {
    ByteBuffer message = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    return message.putInt(0, number);
  }

  private static ByteBuffer word(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).flip();
  }

  @Test
  void messagesArriveWholeAndTheSlotIsFree() throws Exception {
    try (Client client = fixture.connect()) {
      PushChannel channel = channel(client);

      assertThat(fixture.onLoop(() -> fixture.loop.connection(2)) == null).isTrue();
      assertThat(fixture.onLoop(() -> channel.send(message(77)))).isTrue();
      assertThat(client.read(80).getInt()).isEqualTo(77);
      assertThat(fixture.handler.ended).isEmpty();
      assertThat(
              fixture.onLoop(
                  () -> {
                    channel.close();
                    return channel.ended();
                  }))
          .isTrue();
      assertThat(client.atEnd()).isTrue();
      assertThat(fixture.handler.channelEnds).isEmpty();
    }
  }

  @Test
  void aReaderThatDoesNotReadGetsWholeMessagesOrNone() throws Exception {
    try (Client client = fixture.connect()) {
      PushChannel channel = channel(client);

      int sent =
          fixture.onLoop(
              () -> {
                int count = 0;
                while (channel.send(message(count))) {
                  count++;
                }
                return count;
              });

      assertThat(sent).isPositive();
      assertThat(fixture.onLoop(channel::ended)).isFalse();
      for (int i = 0; i < sent; i++) {
        assertThat(client.read(80).getInt()).isEqualTo(i);
      }
      assertThat(fixture.onLoop(() -> channel.send(message(-5)))).isTrue();
      assertThat(client.read(80).getInt()).isEqualTo(-5);
    }
  }

  @Test
  void theEndOfThePeerIsNoticedAtOnce() throws Exception {
    Client client = fixture.connect();
    PushChannel channel = channel(client);

    client.close();

    assertThat(next(fixture.handler.channelEnds)).isEqualTo("ended");
    assertThat(fixture.onLoop(channel::ended)).isTrue();
    assertThat(fixture.onLoop(() -> channel.send(message(1)))).isFalse();
  }

  @Test
  void thePeerMaySayThatItIsDoneAndOtherWordsMeanNothing() throws Exception {
    try (Client client = fixture.connect()) {
      PushChannel channel = channel(client);

      client.send(word(2));
      assertThat(fixture.onLoop(channel::ended)).isFalse();
      client.send(word(DONE));

      assertThat(next(fixture.handler.channelEnds)).isEqualTo("ended");
      assertThat(fixture.onLoop(channel::ended)).isTrue();
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void aRegisteredConnectionCanNotBecomeAChannel() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.REGISTER));
      client.send(Client.command(TestHandler.HOLD));
      Connection held = next(fixture.handler.held);

      assertThatThrownBy(() -> fixture.onLoop(() -> held.replyAndPush(message(0), () -> {})))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("a registered connection can not become a channel");
    }
  }
}
