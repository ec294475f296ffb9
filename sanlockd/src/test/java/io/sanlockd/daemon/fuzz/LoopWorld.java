package io.sanlockd.daemon.fuzz;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.RunningLoop;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.PayloadFraming;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A whole daemon behind a real event loop on a real socket; its storage and its time are virtual,
 * and time passes with every round of the loop's duty. Everything of it belongs to the loop's
 * thread.
 */
final class LoopWorld implements AutoCloseable {
  private static final double ROUND_SECONDS = 0.05;

  /** While nothing is sent any more there is nothing to miss. */
  private static final double HURRIED_ROUND_SECONDS = 1;

  private static final long WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int IO_TIMEOUT = 1;
  private static final int RECENT_LINES = 60;

  private final World world = new World().format(IO_TIMEOUT);
  private final RunningLoop running;
  private VirtualDaemon daemon;
  private volatile boolean hurried;

  LoopWorld(Path directory) throws IOException {
    running =
        new RunningLoop(directory, new Limits(64, 1 << 20, 4 << 20, 200, 50, 500, 1 << 20, 50));
    for (String recorded : List.of("/leases/disk1", "/leases/disk2", "/leases/d1")) {
      world.disks().link(recorded, World.DISK);
    }
    running.start(this::run);
  }

  private void run(EventLoop loop, int listenerFd) throws IOException {
    daemon = world.daemon("hosta").join(1, IO_TIMEOUT);
    loop.listen(listenerFd, PayloadFraming::required, daemon.handler());
    loop.run(
        () -> {
          world.time().advance(hurried ? HURRIED_ROUND_SECONDS : ROUND_SECONDS);
          return 1;
        });
    world.close();
  }

  Path path() {
    return running.path();
  }

  /** Has the loop's thread answer a question. */
  <T> T ask(Callable<T> question) throws Exception {
    return running.ask(question);
  }

  /** What was told to be in use no longer is; a removal would wait for that, and its client too. */
  void endUses() throws Exception {
    ask(
        () -> {
          for (Lockspace lockspace : daemon.lockspaces().in(Lockspace.Phase.ACTIVE)) {
            lockspace.externalUsed(false);
            lockspace.usedByOrphans(false);
          }
          return null;
        });
  }

  /**
   * Waits until every client's connection is closed, which a daemon that has ended no longer does.
   *
   * @throws AssertionError after a minute
   */
  void awaitEndOfConnections() throws Exception {
    hurried = true;
    long begin = System.nanoTime();
    while (connections() > 0 && !ended()) {
      if (System.nanoTime() - begin > WAIT_NANOS) {
        throw new AssertionError("connections are not closed: " + recentLog());
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    hurried = false;
  }

  /** Connections the loop still has. */
  private int connections() throws Exception {
    return ask(
        () -> {
          List<Integer> slots = new ArrayList<>();
          running.loop().forEachConnection(connection -> slots.add(connection.slot()));
          return slots.size();
        });
  }

  /** Whether a SHUTDOWN was obeyed. */
  boolean ended() throws Exception {
    return ask(() -> daemon.ended());
  }

  /** Log lines that no input may cause. */
  List<String> internalErrors() throws Exception {
    List<String> lines =
        ask(() -> daemon.log().lines().stream().filter(LoopWorld::internal).toList());
    return lines.isEmpty() ? running.errors().stream().filter(LoopWorld::internal).toList() : lines;
  }

  /** The end of the log and the time, for whoever asks what it waits for. */
  private String recentLog() throws Exception {
    return ask(
        () -> {
          List<String> lines = daemon.log().lines();
          return world.time().seconds()
              + " "
              + lines.subList(Math.max(0, lines.size() - RECENT_LINES), lines.size());
        });
  }

  private static boolean internal(String line) {
    return line.contains(" failed: java")
        || line.contains(" failed: io.")
        || line.contains("  at ")
        || line.contains("Exception")
        || line.contains(" failed in ");
  }

  @Override
  public void close() throws IOException {
    running.close();
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
