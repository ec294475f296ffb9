package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Runs scripts as processes, from a thread that may wait for the file system. */
final class ThreadScriptRunner implements ScriptRunner {
  private static final int FAILED_TO_START = 255;

  private final Path directory;
  private final Executor loop;
  private final WdmdLog log;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread scripts = new Thread(work, "scripts");
            scripts.setDaemon(true);
            return scripts;
          });

  /** Belongs to the thread. */
  private final Map<String, Process> running = new HashMap<>();

  /**
   * Scripts of a directory.
   *
   * @param loop runs tasks on the loop's thread
   */
  ThreadScriptRunner(Path directory, Executor loop, WdmdLog log) {
    this.directory = directory;
    this.loop = loop;
    this.log = log;
  }

  @Override
  public void scan(Results results) {
    thread.execute(
        () -> {
          try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                files
                    .filter(ThreadScriptRunner::isScript)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .limit(ScriptTests.LIMIT)
                    .toList();
            loop.execute(() -> results.found(names));
          } catch (IOException e) {
            log.log("scripts directory " + directory + " can not be read: " + e);
          }
        });
  }

  private static boolean isScript(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  @Override
  public void start(String name, Results results) {
    thread.execute(() -> startNow(name, results));
  }

  private void startNow(String name, Results results) {
    Path file = directory.resolve(name);
    if (!isScript(file)) {
      int errno = Files.exists(file) ? Errno.EACCES : Errno.ENOENT;
      loop.execute(() -> results.vanished(name, errno));
      return;
    }
    try {
      Process process =
          new ProcessBuilder(file.toString())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      running.put(name, process);
      loop.execute(() -> results.started(name, (int) process.pid()));
      // The exit is reported by a thread of the JDK; the rest is for ours.
      CompletableFuture<Void> unused =
          process.onExit().thenAccept(ended -> thread.execute(() -> ended(name, ended, results)));
    } catch (IOException e) {
      log.log("script " + name + " can not be started: " + e.getMessage());
      loop.execute(() -> results.ended(name, FAILED_TO_START));
    }
  }

  private void ended(String name, Process process, Results results) {
    running.remove(name);
    loop.execute(() -> results.ended(name, process.exitValue()));
  }

  @Override
  public void kill(String name) {
    thread.execute(
        () -> {
          Process process = running.get(name);
          if (process != null) {
            process.destroyForcibly();
          }
        });
  }
}
