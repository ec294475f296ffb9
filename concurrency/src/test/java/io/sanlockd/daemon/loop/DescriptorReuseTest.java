package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import io.sanlockd.daemon.work.ThreadWorkers;
import io.sanlockd.protocol.MessageHeader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections end, by either side, while a request of theirs is with a worker, and the next client
 * gets their descriptor and slot: an answer reaches the client that asked, or nobody. Each
 * connection ends once.
 */
class DescriptorReuseTest {
  private static final int CLIENTS = 8;
  private static final int PLENTY_MILLIS = 60_000;
  private static final int HEADER = MessageHeader.LENGTH;
  private static final int COMMAND = 100;

  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong lastId = new AtomicLong();

  @TempDir private Path directory;

  @Test
  void anAnswerReachesWhoAskedOrNobody() throws Exception {
    RunningLoop running = new RunningLoop(directory, Limits.standard());
    try (running) {
      running.start(
          (loop, listenerFd) -> {
            loop.listen(listenerFd, (header, payload) -> 0, handler(loop));
            loop.run(() -> 1000);
          });
      Crowd.play(CLIENTS, (number, random) -> round(running.path(), random));
      for (int i = 0; i < PLENTY_MILLIS && ended.get() != opened.get(); i++) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(ended.get()).as("connections ended").isEqualTo(opened.get());
    }
    assertThat(faults).isEmpty();
    assertThat(running.errors()).isEmpty();
  }

  private RequestHandler handler(EventLoop loop) {
    ThreadWorkers workers =
        new ThreadWorkers(
            4, 4096, loop::execute, failure -> faults.add("a worker failed: " + failure));
    return new Handler(workers);
  }

  /** Answers by a worker; sometimes the connection is closed before the answer is there. */
  private final class Handler implements RequestHandler {
    private final ThreadWorkers workers;

    Handler(ThreadWorkers workers) {
      this.workers = workers;
    }

    @Override
    public void opened(Connection connection) {
      opened.incrementAndGet();
      connection.attach(new Life());
    }

    @Override
    public HeaderDecision header(Connection connection, MessageHeader header) {
      return HeaderDecision.ACCEPT;
    }

    @Override
    public void request(Connection connection, MessageHeader header, ByteBuffer payload) {
      Life life = (Life) connection.attachment();
      workers.run(
          () -> {
            if (header.data2() != 0) {
              LockSupport.parkNanos(header.data2());
            }
            return header.reply(header.data(), header.data2(), 0);
          },
          reply -> {
            if (life.ended && connection.state() != Connection.State.CLOSED) {
              faults.add("a connection is used after its end");
            }
            ByteBuffer answer = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            reply.encode(answer);
            connection.reply(answer.position(0).limit(HEADER));
            if (ThreadLocalRandom.current().nextInt(4) == 0) {
              connection.close();
            }
          });
      if (ThreadLocalRandom.current().nextInt(4) == 0) {
        connection.close();
      }
    }

    @Override
    public void peerGone(Connection connection) {
      Life life = (Life) connection.attachment();
      if (life.ended || life.peerGone) {
        faults.add("the peer is gone once more");
      }
      life.peerGone = true;
    }

    @Override
    public void ended(Connection connection, End end) {
      Life life = (Life) connection.attachment();
      if (life.ended) {
        faults.add("a connection ends twice");
      }
      life.ended = true;
      ended.incrementAndGet();
    }
  }

  /** What was told of one connection; main loop only. */
  private static final class Life {
    private boolean ended;
    private boolean peerGone;
  }

  private void round(Path socket, SplittableRandom random) throws Exception {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      for (int requests = 1 + random.nextInt(4); requests > 0; requests--) {
        int id = (int) lastId.incrementAndGet();
        if (!send(channel, id, random.nextInt(200_000)) || random.nextInt(3) == 0) {
          return;
        }
        ByteBuffer answer = receive(channel);
        if (answer.position() == 0) {
          return;
        }
        int found = MessageHeader.decode(answer.flip()).data();
        if (found != id) {
          faults.add("request " + id + " has the answer of " + found);
        }
      }
    }
  }

  /** False when the loop has closed the connection already. */
  private static boolean send(SocketChannel channel, int id, int delayNanos) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    new MessageHeader(1, COMMAND, 0, HEADER, 0, id, delayNanos).encode(bytes);
    bytes.position(0).limit(HEADER);
    try {
      channel.write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What comes until a whole answer or the end. */
  private static ByteBuffer receive(SocketChannel channel) {
    ByteBuffer answer = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (answer.hasRemaining() && channel.read(answer) >= 0) {
        // An answer may come in pieces.
      }
    } catch (IOException e) {
      answer.clear();
    }
    return answer;
  }
}
