package io.sanlockd.daemon.fuzz;

import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.Listener;
import io.sanlockd.daemon.loop.LoopLog;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.PayloadFraming;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A whole daemon behind a real event loop on a real socket; its storage and its time are virtual,
 * and time passes with every round of the loop's duty. Everything of it belongs to the loop's
 * thread.
 */
final class LoopWorld implements AutoCloseable {
  private static final int PLENTY_SECONDS = 120;
  private static final double ROUND_SECONDS = 0.05;
  private static final int IO_TIMEOUT = 1;

  private final World world = new World().format(IO_TIMEOUT);
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Path path;
  private final Listener listener;
  private final EventLoop loop;
  private final FutureTask<Void> run;
  private VirtualDaemon daemon;

  LoopWorld(Path directory) throws Exception {
    path = directory.resolve("sanlock.sock");
    listener = Listener.bind(path, -1, -1);
    loop = new EventLoop(new Limits(64, 1 << 20, 4 << 20, 200, 50, 500, 1 << 20, 50), log());
    for (String recorded : List.of("/leases/disk1", "/leases/disk2", "/leases/d1")) {
      world.disks().link(recorded, World.DISK);
    }
    run =
        new FutureTask<>(
            () -> {
              daemon = world.daemon("hosta").join(1, IO_TIMEOUT);
              loop.listen(listener.fd(), PayloadFraming::required, daemon.handler());
              loop.run(
                  () -> {
                    world.time().advance(ROUND_SECONDS);
                    return 1;
                  });
              world.close();
              return null;
            });
    new Thread(run, "fuzzed-loop").start();
  }

  Path path() {
    return path;
  }

  /** Has the loop's thread answer a question. */
  <T> T ask(Callable<T> question) throws Exception {
    FutureTask<T> task = new FutureTask<>(question);
    loop.execute(task);
    return task.get(PLENTY_SECONDS, TimeUnit.SECONDS);
  }

  /** Connections the loop still has. */
  int connections() throws Exception {
    return ask(
        () -> {
          List<Integer> slots = new ArrayList<>();
          loop.forEachConnection(connection -> slots.add(connection.slot()));
          return slots.size();
        });
  }

  /**
   * Whether a lockspace is not removed because SET_CONFIG marked it as used: then whoever asked for
   * the removal waits, with or without a client.
   */
  boolean removalIsBlocked() throws Exception {
    return ask(
        () ->
            daemon.log().lines().stream()
                .anyMatch(line -> line.endsWith("blocking lockspace removal")));
  }

  /** Whether a SHUTDOWN was obeyed. */
  boolean ended() throws Exception {
    return ask(() -> daemon.ended());
  }

  /** Log lines that no input may cause. */
  List<String> internalErrors() throws Exception {
    List<String> lines =
        ask(() -> daemon.log().lines().stream().filter(LoopWorld::internal).toList());
    return lines.isEmpty() ? errors.stream().filter(LoopWorld::internal).toList() : lines;
  }

  private static boolean internal(String line) {
    return line.contains(" failed: java")
        || line.contains(" failed: io.")
        || line.contains("  at ")
        || line.contains("Exception")
        || line.contains(" failed in ");
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

  /** Descriptors of this process. */
  static int descriptors() throws IOException {
    String[] names = new File("/proc/self/fd").list();
    if (names == null) {
      throw new IOException("no /proc/self/fd");
    }
    return names.length;
  }
}
