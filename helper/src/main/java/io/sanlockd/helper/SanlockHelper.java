package io.sanlockd.helper;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * input ends. With {@code --keep} it is the keeper of a helper instead.
 */
public final class SanlockHelper {
  /** Option: keep another process running that is the helper, started without this option. */
  public static final String KEEP = "--keep";

  private static final int MAX_BACKGROUND_THREADS = 64;
  private static final int BACKGROUND_IDLE_SECONDS = 10;

  private SanlockHelper() {}

  /**
   * Runs the helper until its standard input ends.
   *
   * @param args {@code -D} prints what is done on standard error; {@link #KEEP}; others are ignored
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Consumer<String> debug = List.of(args).contains("-D") ? SanlockHelper::print : line -> {};
    outliveSignals();
    int status = 1;
    try {
      if (List.of(args).contains(KEEP)) {
        keep(args.length, debug);
      } else {
        help(debug);
      }
      debug.accept("the daemon is gone");
      status = 0;
    } finally {
      // Not exit(): it waits for a shutdown that a signal may have begun, and that never ends.
      Runtime.getRuntime().halt(status);
    }
  }

  private static void help(Consumer<String> debug) {
    setProcessName("sanlock-helper", debug);
    Actions actions = new Actions(backgroundThreads(), Path.of("/sys"), debug);
    actions.prepare();
    startHeartbeat();
    new HelperLoop(new FileInputStream(FileDescriptor.in), actions, debug).run();
  }

  private static void keep(int argumentCount, Consumer<String> debug)
      throws IOException, InterruptedException {
    setProcessName("sanlock-keeper", debug);
    new HelperKeeper(
            withoutKeep(argumentCount),
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            HelperKeeper.Times.STANDARD,
            debug)
        .run();
  }

  /**
   * This JVM's own command line, which the kernel keeps, without the option that made us keeper.
   */
  private static List<String> withoutKeep(int argumentCount) throws IOException {
    String line =
        new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.ISO_8859_1);
    List<String> words = new ArrayList<>(List.of(line.split("\0")));
    words.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    words.subList(words.size() - argumentCount, words.size()).remove(KEEP);
    return words;
  }

  /** Makes the process visible under this name in ps and top, like the C helper. */
  private static void setProcessName(String name, Consumer<String> debug) {
    try {
      Files.writeString(Path.of("/proc/self/comm"), name);
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
