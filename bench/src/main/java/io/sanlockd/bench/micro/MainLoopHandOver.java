package io.sanlockd.bench.micro;

import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.LoopLog;
import io.sanlockd.posix.PosixException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From another thread to the main loop and back, as each request with I/O goes once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MainLoopHandOver {
  private static final int DUTY_INTERVAL_MILLIS = 1000;
  private static final LoopLog SILENT =
      new LoopLog() {
        @Override
        public void error(String message) {}

        @Override
        public void debug(String message) {}
      };

  private final Semaphore done = new Semaphore(0);
  private EventLoop loop;
  private Thread thread;

  /** Starts a loop that has nothing else to do. */
  @Setup
  public void start() throws PosixException {
    loop = new EventLoop(Limits.standard().withConnections(1), SILENT);
    thread = new Thread(this::run, "main-loop");
    thread.start();
  }

  private void run() {
    try {
      loop.run(() -> DUTY_INTERVAL_MILLIS);
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the loop. */
  @TearDown
  public void stop() throws InterruptedException {
    loop.stop();
    thread.join();
    loop.close();
  }

  /** One task and the answer that it has run. */
  @Benchmark
  public void thereAndBack() throws InterruptedException {
    loop.execute(done::release);
    done.acquire();
  }
}
