package io.sanlockd.wdmd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main loop disarms the watchdog while the renewal thread moves the expiry on: the goodbye is
 * the last that wdmd reads, and every message is whole.
 */
class DeactivateTest {
  private static final Duration PLENTY = Duration.ofSeconds(60);
  private static final long EXPIRE = 0x0102030405060708L;

  @TempDir private Path directory;

  @Test
  void nothingIsPromisedAfterTheGoodbye() throws Exception {
    Path socket = directory.resolve("wdmd.sock");
    try (ServerSocketChannel wdmd = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      wdmd.bind(UnixDomainSocketAddress.of(socket));
      long rounds = Crowd.play(1, (number, random) -> round(wdmd, socket, random));
      assertThat(rounds).isPositive();
    }
  }

  private static void round(ServerSocketChannel wdmd, Path socket, SplittableRandom random)
      throws Exception {
    WdmdConnection connection = WdmdConnection.connect(socket, PLENTY);
    try (SocketChannel accepted = wdmd.accept()) {
      CyclicBarrier together = new CyclicBarrier(2);
      int before = random.nextInt(20);
      FutureTask<Void> renewals =
          new FutureTask<>(
              () -> {
                together.await();
                for (long i = 0; i < 20; i++) {
                  int unused = connection.testLive(EXPIRE, EXPIRE);
                }
                return null;
              });
      Thread thread = new Thread(renewals, "renewal");
      thread.start();
      together.await();
      for (int i = 0; i < before; i++) {
        Thread.onSpinWait();
      }
      assertThat(connection.deactivate()).isZero();
      renewals.get();
      connection.close();
      assertThat(lastExpiry(accepted)).isZero();
    }
  }

  /** Reads to the end; the expiry of the last TEST_LIVE, the one before REFCOUNT_CLEAR. */
  private static long lastExpiry(SocketChannel channel) throws Exception {
    ByteBuffer message = ByteBuffer.allocate(WdmdMessage.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long expiry = -1;
    boolean goodbye = false;
    while (true) {
      message.clear();
      while (message.hasRemaining() && channel.read(message) >= 0) {
        // A message may come in pieces.
      }
      if (message.position() == 0) {
        assertThat(goodbye).isTrue();
        return expiry;
      }
      assertThat(message.hasRemaining()).as("a message in part").isFalse();
      WdmdMessage read = WdmdMessage.allocate();
      read.buffer().clear().put(message.flip());
      goodbye = read.command() == WdmdCommand.REFCOUNT_CLEAR;
      if (!goodbye) {
        assertThat(read.expireTime()).isIn(0L, EXPIRE);
        expiry = read.expireTime();
      }
    }
  }
}
