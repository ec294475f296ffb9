package io.sanlockd.helper;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The helper process (recovery.md 8). Standard input takes 512-byte messages, standard output gives
 * 4-byte status messages, standard error is used only with {@code -D}. Exit status 0 when standard
 * input ends.
 */
public final class SanlockHelper {
  private static final int MAX_BACKGROUND_THREADS = 64;
  private static final int BACKGROUND_IDLE_SECONDS = 10;

  private SanlockHelper() {}

  /**
   * Runs the helper until its standard input ends.
   *
   * @param args {@code -D} prints what is done on standard error; others are ignored
   */
  public static void main(String[] args) {
    Consumer<String> debug = List.of(args).contains("-D") ? SanlockHelper::print : line -> {};
    setProcessName(debug);
    outliveSignals();
    int status = 1;
    try {
      Actions actions = new Actions(backgroundThreads(), Path.of("/sys"), debug);
      actions.prepare();
      startHeartbeat();
      new HelperLoop(new FileInputStream(FileDescriptor.in), actions, debug).run();
      debug.accept("the daemon is gone");
      status = 0;
    } finally {
      // Not exit(): it waits for a shutdown that a signal may have begun, and that never ends.
      Runtime.getRuntime().halt(status);
    }
  }

  /** Makes the process visible as sanlock-helper in ps and top, like the C helper. */
  private static void setProcessName(Consumer<String> debug) {
    try {
      Files.writeString(Path.of("/proc/self/comm"), "sanlock-helper");
    } catch (IOException e) {
      debug.accept("can not set the process name: " + e.getMessage());
    }
  }

  /**
   * Makes HUP, INT and TERM harmless with the means of the JDK: they begin a shutdown, which waits
   * for this hook, which waits for ever; all other threads go on. The signals are not set to
   * "ignore" because the programs that the helper runs would inherit that.
   */
  private static void outliveSignals() {
    Runnable waitForEver =
        () -> {
          while (true) {
            LockSupport.park();
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(waitForEver, "outlive-signals"));
  }

  private static ExecutorService backgroundThreads() {
    return new ThreadPoolExecutor(
        0,
        MAX_BACKGROUND_THREADS,
        BACKGROUND_IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> daemonThread(task, "background"));
  }

  private static void startHeartbeat() {
    Heartbeat heartbeat = new Heartbeat(new FileOutputStream(FileDescriptor.out), System::nanoTime);
    daemonThread(
            () -> {
              while (true) {
                LockSupport.parkNanos(heartbeat.doWork());
              }
            },
            "heartbeat")
        .start();
  }

  private static Thread daemonThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private static void print(String line) {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.US_ASCII);
    err.println("helper " + System.currentTimeMillis() / 1000 + " " + line);
  }
}
