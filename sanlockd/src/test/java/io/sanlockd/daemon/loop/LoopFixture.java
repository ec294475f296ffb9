package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A running loop on a real socket. */
final class LoopFixture implements AutoCloseable {
  static final int PLENTY_SECONDS = 30;

  final TestHandler handler = new TestHandler();
  final List<String> errors;
  final Path path;
  final EventLoop loop;
  private final BlockingQueue<Long> rounds = new LinkedBlockingQueue<>();
  private final RunningLoop running;

  LoopFixture(Path directory, Limits limits) throws IOException {
    running = new RunningLoop(directory, limits);
    errors = running.errors();
    path = running.path();
    loop = running.loop();
    running.start(
        (eventLoop, listenerFd) -> {
          eventLoop.listen(listenerFd, TestHandler::required, handler);
          eventLoop.run(this::duty);
        });
  }

  /** Limits with short times: 300 ms for an incomplete request, 200 ms of silence. */
  static Limits quick(int connections) {
    return new Limits(connections, 1 << 20, 4 << 20, 300, 200, 10_000, 1 << 20, 100);
  }

  Client connect() throws IOException {
    return Client.connect(path);
  }

  /** Has the loop's thread do something and waits for it. */
  <T> T onLoop(Callable<T> action) throws Exception {
    return running.ask(action);
  }

  /** Waits for so many rounds of the duty, 5 ms each. */
  void awaitRounds(int count) throws InterruptedException {
    rounds.clear();
    for (int i = 0; i < count; i++) {
      assertThat(rounds.poll(PLENTY_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T element = queue.poll(PLENTY_SECONDS, TimeUnit.SECONDS);
    assertThat(element).isNotNull();
    return element;
  }

  private int duty() {
    rounds.add(loop.turns());
    return 5;
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
