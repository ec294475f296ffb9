package io.sanlockd.daemon.loop;

import static io.sanlockd.daemon.loop.LoopFixture.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.daemon.loop.TestHandler.Ended;
import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionTest {
  @TempDir Path directory;
  private LoopFixture fixture;
  private TestHandler handler;

  @BeforeEach
  void start() throws Exception {
    fixture = new LoopFixture(directory, LoopFixture.quick(100));
    handler = fixture.handler;
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aRequestInSingleBytesIsAnsweredLikeOneInOnePiece() throws Exception {
    try (Client client = fixture.connect()) {
      byte[] payload = {5, 6, 7, 8, 9};
      ByteBuffer bytes = Client.echo(1, payload);
      while (bytes.hasRemaining()) {
        client.send(bytes.slice(bytes.position(), 1));
        bytes.get();
      }
      assertThat(client.reply().payload()).isEqualTo(ByteBuffer.wrap(payload));
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderOneAfterTheOther() throws Exception {
    try (Client client = fixture.connect()) {
      ByteBuffer all = ByteBuffer.allocate(200_000);
      Random random = new Random(1);
      for (int i = 0; i < 300; i++) {
        byte[] payload = new byte[random.nextInt(500)];
        random.nextBytes(payload);
        all.put(Client.echo(i, payload));
      }
      client.send(all.flip());
      random = new Random(1);
      for (int i = 0; i < 300; i++) {
        byte[] payload = new byte[random.nextInt(500)];
        random.nextBytes(payload);
        Client.Reply reply = client.reply();
        assertThat(reply.header().sequence()).isEqualTo(i);
        assertThat(reply.payload()).isEqualTo(ByteBuffer.wrap(payload));
      }
    }
  }

  @Test
  void largePayloadsArriveWholeAndTheirMemoryComesBack() throws Exception {
    try (Client client = fixture.connect()) {
      byte[] payload = new byte[1 << 20];
      new Random(2).nextBytes(payload);
      Thread sender = sendInBackground(client, Client.echo(1, payload));
      assertThat(client.reply().payload()).isEqualTo(ByteBuffer.wrap(payload));
      sender.join();
      assertThat(client.roundTrip(2)).isEqualTo(2);
    }
  }

  @Test
  void aRequestBehindOneBeingServedWaits() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.message(TestHandler.HOLD, 0, 1, new byte[0]));
      client.send(Client.echo(2, new byte[1]));
      Connection held = next(handler.held);
      assertThat(held.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
      fixture.awaitRounds(3);
      assertThat(fixture.onLoop(held::state)).isEqualTo(Connection.State.SERVING);
      fixture.loop.execute(() -> TestHandler.release(held));
      assertThat(client.reply().header().data()).isEqualTo(7);
      assertThat(client.reply().header().sequence()).isEqualTo(2);
    }
  }

  @Test
  void halfAHeaderEndsATransientConnectionByTimeAndARegisteredOneNever() throws Exception {
    try (Client registered = fixture.connect();
        Client transientOne = fixture.connect()) {
      registered.send(Client.command(TestHandler.REGISTER));
      ByteBuffer request = Client.echo(3, new byte[0]);
      registered.send(request.slice(0, 20));
      transientOne.send(request.slice(0, 20));
      assertThat(next(handler.ended)).isEqualTo(new Ended(3, End.TIMEOUT));
      assertThat(transientOne.atEnd()).isTrue();
      registered.send(request.slice(20, 12));
      assertThat(registered.reply().header().sequence()).isEqualTo(3);
    }
  }

  @Test
  void anIdleConnectionIsNoIncompleteRequest() throws Exception {
    try (Client idle = fixture.connect();
        Client stalled = fixture.connect()) {
      assertThat(idle.roundTrip(1)).isEqualTo(1);
      stalled.send(ByteBuffer.wrap(new byte[5]));
      assertThat(next(handler.ended).end()).isEqualTo(End.TIMEOUT);
      assertThat(idle.roundTrip(2)).isEqualTo(2);
    }
  }

  @Test
  void aPayloadCutByAHalfCloseIsReportedAndStillAnswered() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.message(TestHandler.ECHO, 100, 4, new byte[60]));
      client.channel.shutdownOutput();
      assertThat(client.reply().header().data()).isEqualTo(-107);
      assertThat(client.atEnd()).isTrue();
      assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.PEER_CLOSED));
    }
  }

  @Test
  void aTooLongRequestClosesATransientConnectionGently() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.message(TestHandler.ECHO, Integer.MAX_VALUE, 1, new byte[5000]));
      client.send(ByteBuffer.allocate(100_000));
      assertThat(client.atEnd()).isTrue();
      assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.CLOSED_BY_US));
    }
  }

  @Test
  void aTooLongOrNegativeRequestDoesNotCloseARegisteredConnection() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.REGISTER));
      client.send(Client.message(TestHandler.ECHO, (1 << 20) + 1, 1, new byte[0]));
      client.send(Client.message(TestHandler.ECHO, -5, 2, new byte[0]));
      client.send(ByteBuffer.allocate(320));
      assertThat(client.roundTrip(3)).isEqualTo(3);
    }
  }

  @Test
  void garbageAndUnknownCommandsEndATransientConnectionWithoutBreakingItsWrites() throws Exception {
    for (ByteBuffer first :
        new ByteBuffer[] {ByteBuffer.allocate(32), Client.command(TestHandler.UNKNOWN)}) {
      try (Client client = fixture.connect()) {
        client.send(first);
        for (int i = 0; i < 50; i++) {
          client.send(ByteBuffer.allocate(4096));
        }
        assertThat(client.atEnd()).isTrue();
      }
    }
  }

  @Test
  void garbageOnARegisteredConnectionIsSkipped() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.REGISTER));
      client.send(ByteBuffer.allocate(32 * 100));
      client.send(Client.command(TestHandler.UNKNOWN));
      assertThat(client.roundTrip(5)).isEqualTo(5);
      assertThat(handler.ended).isEmpty();
    }
  }

  @Test
  void aPeerThatNeverReadsGetsNoMoreThanTheSocketTakes() throws Exception {
    try (Client lazy = fixture.connect();
        Client other = fixture.connect()) {
      lazy.send(Client.message(TestHandler.STREAM_AND_CLOSE, 0, 9, new byte[0]));
      for (int i = 0; i < 100; i++) {
        assertThat(other.roundTrip(i)).isEqualTo(i);
      }
      fixture.awaitRounds(3);
      int made = handler.chunksMade.get();
      assertThat(made).isPositive().isLessThan(TestHandler.CHUNKS / 4);
      long turns = fixture.loop.turns();
      fixture.awaitRounds(20);
      assertThat(handler.chunksMade.get()).isEqualTo(made);
      assertThat(fixture.loop.turns() - turns).isLessThan(60);

      for (int i = 0; i < TestHandler.CHUNKS; i++) {
        ByteBuffer chunk = lazy.read(TestHandler.CHUNK_BYTES);
        assertThat(chunk.get(0)).isEqualTo((byte) (i + 9));
        assertThat(chunk.get(999)).isEqualTo((byte) (i + 999 + 9));
      }
      assertThat(lazy.atEnd()).isTrue();
      assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.CLOSED_BY_US));
    }
  }

  @Test
  void aReaderThatDiesInTheMiddleOfItsReplyEndsTheConnection() throws Exception {
    Client lazy = fixture.connect();
    lazy.send(Client.message(TestHandler.STREAM, 0, 0, new byte[0]));
    lazy.read(10_000);
    lazy.close();
    assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.PEER_CLOSED));
    assertThat(handler.chunksMade.get()).isLessThan(TestHandler.CHUNKS);
  }

  @Test
  void aPeerThatDiesWhileServedIsToldAtOnceAndOnce() throws Exception {
    Client client = fixture.connect();
    client.send(Client.command(TestHandler.HOLD));
    Connection held = next(handler.held);
    client.close();
    assertThat(next(handler.gone)).isSameAs(held);

    long turns = fixture.loop.turns();
    fixture.awaitRounds(20);
    assertThat(fixture.loop.turns() - turns).isLessThan(60);
    assertThat(handler.gone).isEmpty();
    assertThat(handler.ended).isEmpty();
    fixture.loop.execute(() -> TestHandler.release(held));
    assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.PEER_CLOSED));
    assertThat(fixture.errors).isEmpty();
  }

  @Test
  void aHalfCloseWhileServedIsNoDeath() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.HOLD));
      Connection held = next(handler.held);
      client.channel.shutdownOutput();
      long turns = fixture.loop.turns();
      fixture.awaitRounds(20);
      assertThat(fixture.loop.turns() - turns).isLessThan(60);
      assertThat(handler.gone).isEmpty();
      fixture.loop.execute(() -> TestHandler.release(held));
      assertThat(client.reply().header().data()).isEqualTo(7);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void theDeathOfARegisteredPeerIsToldOnce() throws Exception {
    Client client = fixture.connect();
    client.send(Client.command(TestHandler.REGISTER));
    assertThat(client.roundTrip(1)).isEqualTo(1);
    client.close();
    assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.PEER_CLOSED));
    fixture.awaitRounds(2);
    assertThat(handler.ended).isEmpty();
  }

  @Test
  void closingAfterAReplyHappensOnlyToTransientConnections() throws Exception {
    try (Client registered = fixture.connect();
        Client transientOne = fixture.connect()) {
      registered.send(Client.command(TestHandler.REGISTER));
      registered.send(Client.command(TestHandler.CLOSE));
      assertThat(registered.reply().header().command()).isEqualTo(TestHandler.CLOSE);
      assertThat(registered.roundTrip(1)).isEqualTo(1);
      transientOne.send(Client.command(TestHandler.CLOSE));
      assertThat(transientOne.reply().header().command()).isEqualTo(TestHandler.CLOSE);
      assertThat(transientOne.atEnd()).isTrue();
    }
  }

  @Test
  void unreadInputDoesNotTurnTheEndOfStreamIntoAnError() throws Exception {
    try (Client client = fixture.connect()) {
      ByteBuffer both = ByteBuffer.allocate(32 + 50_000);
      client.send(both.put(Client.command(TestHandler.CLOSE)).clear());
      assertThat(client.reply().header().command()).isEqualTo(TestHandler.CLOSE);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void theRestOfARefusedRequestIsDiscardedAndTheNextOneFound() throws Exception {
    try (Client client = fixture.connect()) {
      // The framing wants none of the 5,000 bytes that look like requests.
      ByteBuffer looksLikeRequests = ByteBuffer.allocate(5000);
      while (looksLikeRequests.remaining() >= 32) {
        looksLikeRequests.put(Client.echo(66, new byte[0]));
      }
      client.send(Client.message(TestHandler.REFUSE, 0, 1, looksLikeRequests.array()));
      assertThat(client.reply().header().data()).isEqualTo(-22);
      assertThat(client.roundTrip(2)).isEqualTo(2);
    }
  }

  @Test
  void aFailingHandlerCostsATransientConnectionAndNotARegisteredOne() throws Exception {
    try (Client registered = fixture.connect();
        Client transientOne = fixture.connect()) {
      transientOne.send(Client.command(TestHandler.FAIL));
      assertThat(transientOne.atEnd()).isTrue();
      assertThat(next(handler.ended)).isEqualTo(new Ended(3, End.FAILED));
      registered.send(Client.command(TestHandler.REGISTER));
      registered.send(Client.command(TestHandler.FAIL));
      registered.send(Client.command(TestHandler.FAIL_IN_STREAM));
      assertThat(registered.roundTrip(1)).isEqualTo(1);
      assertThat(fixture.errors).hasSize(3).allMatch(line -> line.contains("as the test wants"));
    }
  }

  @Test
  void answeringTwiceOrFromAForeignThreadIsAnError() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.HOLD));
      Connection held = next(handler.held);
      assertThatThrownBy(held::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("not the loop's thread");
      fixture.loop.execute(() -> TestHandler.release(held));
      client.reply();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(
              () ->
                  fixture.onLoop(
                      () -> {
                        TestHandler.release(held);
                        return null;
                      }))
          .withCauseInstanceOf(IllegalStateException.class);
      assertThat(client.roundTrip(3)).isEqualTo(3);
    }
  }

  @Test
  void answeringAClosedConnectionDoesNothing() throws Exception {
    try (Client client = fixture.connect()) {
      client.send(Client.command(TestHandler.HOLD));
      Connection held = next(handler.held);
      fixture.loop.execute(held::close);
      assertThat(client.atEnd()).isTrue();
      fixture.loop.execute(() -> TestHandler.release(held));
      assertThat(next(handler.ended)).isEqualTo(new Ended(2, End.CLOSED_BY_US));
      assertThat(fixture.onLoop(held::state)).isEqualTo(Connection.State.CLOSED);
      assertThat(fixture.errors).isEmpty();
    }
  }

  @Test
  void aHeldRequestKeepsItsPayloadWhileMoreInputWaits() throws Exception {
    try (Client client = fixture.connect()) {
      MessageHeader sent = new MessageHeader(1, TestHandler.HOLD, 0, 32, 8, 0, 0);
      ByteBuffer bytes = ByteBuffer.allocate(32);
      sent.encode(bytes);
      client.send(bytes.clear());
      Connection held = next(handler.held);
      client.send(Client.echo(9, new byte[3000]));
      fixture.awaitRounds(2);
      assertThat(held.attachment()).isEqualTo(sent);
      fixture.loop.execute(() -> TestHandler.release(held));
      assertThat(client.reply().header().sequence()).isEqualTo(8);
      assertThat(client.reply().header().sequence()).isEqualTo(9);
    }
  }

  private static Thread sendInBackground(Client client, ByteBuffer bytes) {
    Thread thread =
        new Thread(
            () -> {
              try {
                client.send(bytes);
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    thread.start();
    return thread;
  }
}
