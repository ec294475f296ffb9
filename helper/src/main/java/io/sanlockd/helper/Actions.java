package io.sanlockd.helper;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Carries out messages. Killing is done by the calling thread; programs and sysfs writes, which can
 * hang in the kernel, by the given executor, so that they never delay a kill.
 */
final class Actions {
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final int MAX_DIGITS = 19;

  private final Executor background;
  private final Path sysfsRoot;
  private final Consumer<String> debug;

  /**
   * @param background runs what may hang; may reject when it has too much to do
   * @param sysfsRoot only files below it are written, {@code /sys} in production
   * @param debug takes a line about every failure; must not fail
   */
  Actions(Executor background, Path sysfsRoot, Consumer<String> debug) {
    this.background = background;
    this.sysfsRoot = sysfsRoot;
    this.debug = debug;
  }

  /**
   * Loads and links what a kill needs, so that the first kill finds everything in memory. No signal
   * is sent, because the JDK refuses to signal the process itself.
   */
  void prepare() {
    ProcessHandle.of(ProcessHandle.current().pid()).ifPresent(ProcessHandle::isAlive);
    debug.accept(refuses(ProcessHandle.current(), SIGTERM) ? "ready" : "not ready to signal");
  }

  /** Carries out a message. Results are only reported to the debug log (recovery.md 8.3). */
  void perform(HelperMessage message) {
    if (message instanceof HelperMessage.KillPid kill) {
      kill(kill.pid(), kill.signal());
    } else if (message instanceof HelperMessage.RunPath run) {
      inBackground("run " + run.path(), () -> run(run));
    } else if (message instanceof HelperMessage.WriteSysfs write) {
      inBackground("write " + write.path(), () -> write(write));
    }
  }

  private void kill(int pid, int signal) {
    // 0 and negative numbers mean process groups to the kernel; the daemon only means processes.
    if (pid <= 0 || (signal != SIGKILL && signal != SIGTERM)) {
      debug.accept("kill " + pid + " sig " + signal + " refused");
      return;
    }
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null || refuses(process, signal)) {
      debug.accept("kill " + pid + " sig " + signal + " failed");
    }
  }

  private static boolean refuses(ProcessHandle process, int signal) {
    try {
      return signal == SIGKILL ? !process.destroyForcibly() : !process.destroy();
    } catch (IllegalStateException e) {
      // The helper itself: the JDK does not let a process destroy itself.
      return true;
    }
  }

  private void inBackground(String what, Runnable action) {
    try {
      background.execute(action);
    } catch (RejectedExecutionException e) {
      debug.accept(what + " dropped, too many are running");
    }
  }

  /**
   * Executes the program without waiting for it. Its input and output are the null device, because
   * the helper's own are the daemon's pipes; its standard error is the daemon's.
   */
  private void run(HelperMessage.RunPath message) {
    List<String> command = KillpathArguments.command(message.path(), message.args(), message.pid());
    File nullDevice = new File("/dev/null");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(nullDevice)
            .redirectOutput(nullDevice)
            .redirectError(Redirect.INHERIT);
    try {
      Process process = builder.start();
      debug.accept("run " + message.path() + " pid " + process.pid());
    } catch (IOException e) {
      debug.accept("run " + message.path() + " failed: " + e.getMessage());
    }
  }

  private void write(HelperMessage.WriteSysfs message) {
    Path file = Path.of(message.path()).normalize();
    if (!file.startsWith(sysfsRoot) || !isNumber(message.value())) {
      debug.accept("write " + message.value() + " to " + message.path() + " refused");
      return;
    }
    // Opened for reading and writing, neither created nor cut: sysfs knows neither.
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw");
        FileOutputStream out = new FileOutputStream(access.getFD())) {
      out.write(message.value().getBytes(StandardCharsets.US_ASCII));
      debug.accept("write " + message.value() + " to " + message.path());
    } catch (IOException e) {
      debug.accept("write " + message.path() + " failed: " + e.getMessage());
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
