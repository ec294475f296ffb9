package io.sanlockd.posix;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starting a daemon in the background (cli.md 4 and 9). A running JVM can not fork, so it runs the
 * same program once more, in a session of its own and with the root directory as working directory,
 * and waits until that one serves its socket: unlike the C program the command has succeeded when
 * the daemon has.
 */
public final class Background {
  /** First word of the arguments of the child. */
  public static final String CHILD = "--background-child";

  private static final String READY = "ready";
  private static final long START_SECONDS = 60;
  private static final int EXIT_FAILURE = 1;
  private static final int STANDARD_STREAMS = 3;

  private Background() {}

  /**
   * Starts the daemon.
   *
   * @param name of the daemon, for messages
   * @param args the words given to the main class of this JVM
   * @param stderr gets what the child says when it fails
   * @return exit status: 0 when the daemon's socket is listening
   */
  public static int start(String name, String[] args, PrintStream stderr) {
    try {
      ProcessBuilder builder = new ProcessBuilder(childCommand(args));
      builder.directory(new File("/"));
      builder.redirectInput(new File("/dev/null"));
      return await(name, builder.start(), stderr);
    } catch (IOException e) {
      stderr.println(name + ": can not start in the background: " + e.getMessage());
      return EXIT_FAILURE;
    }
  }

  /** This JVM's own command line, with the child's mark before the arguments. */
  private static List<String> childCommand(String[] args) throws IOException {
    String line =
        new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.ISO_8859_1);
    List<String> words = Arrays.asList(line.split("\0", -1));
    // Every word ends with a zero byte, so there is an empty one behind the last.
    int firstArgument = words.size() - 1 - args.length;
    List<String> command = new ArrayList<>();
    command.add(Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    command.addAll(words.subList(1, firstArgument));
    command.add(CHILD);
    command.addAll(Arrays.asList(args));
    return command;
  }

  private static int await(String name, Process child, PrintStream stderr) throws IOException {
    CompletableFuture<String> firstLine = inBackground(child.getInputStream(), false);
    CompletableFuture<String> errors = inBackground(child.getErrorStream(), true);
    try {
      if (firstLine.get(START_SECONDS, TimeUnit.SECONDS).equals(READY)) {
        return 0;
      }
      stderr.print(errors.get(START_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      child.destroyForcibly();
      stderr.println(name + ": not ready after " + START_SECONDS + " seconds, ended it");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return EXIT_FAILURE;
  }

  /** Reads the first line, or everything. */
  private static CompletableFuture<String> inBackground(InputStream stream, boolean everything) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                text.complete(everything ? all(stream) : firstLine(stream));
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            },
            "child-output");
    reader.setDaemon(true);
    reader.start();
    return text;
  }

  private static String all(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static String firstLine(InputStream stream) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1)).readLine();
    return line == null ? "" : line;
  }

  /** The child leaves its parent's session, so that nothing typed there reaches it. */
  public static void leaveSession() throws PosixException {
    if (Native.C.setsid() < 0) {
      throw PosixException.last("setsid", "");
    }
  }

  /** The child's socket is listening: tells the parent, then lets go of its streams. */
  public static void ready() throws IOException {
    System.out.println(READY);
    System.out.flush();
    int nothing = Fd.open("/dev/null", OpenFlags.RDWR | OpenFlags.CLOEXEC);
    for (int stream = 0; stream < STANDARD_STREAMS; stream++) {
      Fd.duplicateTo(nothing, stream);
    }
    Fd.close(nothing);
  }
}
