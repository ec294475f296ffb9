package io.sanlockd.daemon.loop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An event loop with a real socket, and the thread on which it runs. */
public final class RunningLoop implements AutoCloseable {
  private static final int PLENTY_SECONDS = 120;

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Path path;
  private final EventLoop loop;
  private final Listener listener;
  private FutureTask<Void> run;

  /** Listens, but does not run yet. */
  public RunningLoop(Path directory, Limits limits) throws IOException {
    path = directory.resolve("sanlock.sock");
    listener = Listener.bind(path, -1, -1);
    loop = new EventLoop(limits, log());
  }

  /** What the loop's thread does. */
  @FunctionalInterface
  public interface Body {
    /** Has the loop listen, and runs it. */
    void run(EventLoop loop, int listenerFd) throws Exception;
  }

  /** Starts the thread. */
  public void start(Body body) {
    run =
        new FutureTask<>(
            () -> {
              body.run(loop, listener.fd());
              return null;
            });
    new Thread(run, "loop").start();
  }

  /** The loop. */
  public EventLoop loop() {
    return loop;
  }

  /** Its socket. */
  public Path path() {
    return path;
  }

  /** Its complaints so far. */
  public List<String> errors() {
    return errors;
  }

  /** Has the loop's thread do something and waits for it. */
  public <T> T ask(Callable<T> action) throws Exception {
    FutureTask<T> task = new FutureTask<>(action);
    loop.execute(task);
    return task.get(PLENTY_SECONDS, TimeUnit.SECONDS);
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
