package io.sanlockd.concurrency;

import io.sanlockd.daemon.loop.Duty;
import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Framing;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.Listener;
import io.sanlockd.daemon.loop.LoopLog;
import io.sanlockd.daemon.loop.RequestHandler;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;

/** An event loop on a thread of its own. */
public final class LoopThread implements AutoCloseable {
  private static final int HOUR_MILLIS = 3_600_000;

  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final EventLoop loop;
  private final Listener listener;
  private final FutureTask<Void> run;

  /** A loop without connections whose own timer comes once an hour. */
  public LoopThread() throws Exception {
    loop = new EventLoop(Limits.standard(), log());
    listener = null;
    run = start(() -> HOUR_MILLIS);
  }

  /** A loop with a socket. */
  public LoopThread(Path socket, Framing framing, RequestHandlerFactory handler, Duty duty)
      throws Exception {
    loop = new EventLoop(Limits.standard(), log());
    listener = Listener.bind(socket, -1, -1);
    loop.listen(listener.fd(), framing, handler.of(loop));
    run = start(duty);
  }

  /** Makes what serves the connections of a loop. */
  @FunctionalInterface
  public interface RequestHandlerFactory {
    /** For this loop. */
    RequestHandler of(EventLoop loop) throws Exception;
  }

  private FutureTask<Void> start(Duty duty) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              loop.run(duty);
              return null;
            });
    new Thread(task, "loop").start();
    return task;
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

  /** Runs something on the loop. */
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /** Its complaints so far. */
  public Queue<String> errors() {
    return errors;
  }

  @Override
  public void close() throws Exception {
    loop.stop();
    run.get();
    loop.close();
    if (listener != null) {
      listener.close();
    }
  }
}
