package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running loop on a real socket. */
final class LoopFixture implements AutoCloseable {
  static final int PLENTY_SECONDS = 30;

  final TestHandler handler = new TestHandler();
  final List<String> errors = new CopyOnWriteArrayList<>();
  final Path path;
  final EventLoop loop;
  private final BlockingQueue<Long> rounds = new LinkedBlockingQueue<>();
  private final Listener listener;
  private final Thread thread;
  private final FutureTask<Void> run;

  LoopFixture(Path directory, Limits limits) throws IOException {
    path = directory.resolve("sanlock.sock");
    listener = Listener.bind(path, -1, -1);
    loop = new EventLoop(limits, log());
    loop.listen(listener.fd(), TestHandler::required, handler);
    run =
        new FutureTask<>(
            () -> {
              loop.run(this::duty);
              return null;
            });
    thread = new Thread(run, "loop");
    thread.start();
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
    FutureTask<T> task = new FutureTask<>(action);
    loop.execute(task);
    return task.get(PLENTY_SECONDS, TimeUnit.SECONDS);
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

  private LoopLog log() {
    return new LoopLog() {
      @Override
      public void error(String message) {
        errors.add(message);
      }

      @Override
      public void debug(String message) {}
    };
  }

  @Override
  public void close() throws IOException {
    loop.stop();
    try {
      run.get(PLENTY_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("loop", e);
    }
    loop.close();
    listener.close();
  }
}
