package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.lockspace.RenewalThreads;
import io.sanlockd.daemon.work.ThreadWorkers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A daemon that something bad happens to when its standard input says so. */
final class Doomed {
  private Doomed() {}

  public static void main(String[] arguments) throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    RealDaemon daemon = RealDaemon.start(Path.of(arguments[0]), "-w", "1", "-e", "doomed");
    InternalErrors errors = daemon.errors();
    Thread.setDefaultUncaughtExceptionHandler(errors);
    Thread reader =
        new Thread(
            () -> {
              String doom = read();
              switch (doom) {
                case "unknown-thread" -> new Thread(Doomed::fail).start();
                case "renewal-thread" ->
                    new RenewalThreads(() -> {}, errors).start("doom", Doomed::fail);
                case "timer" ->
                    new ThreadWorkers(2, 2, action -> fail(), errors).later(1, () -> {});
                case "memory" ->
                    new RenewalThreads(() -> {}, errors).start("doom", Doomed::fillMemory);
                default -> {}
              }
            });
    reader.setDaemon(true);
    reader.start();
    daemon.awaitEnd();
    Runtime.getRuntime().halt(0);
  }

  private static String read() {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      String line = input.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      return "";
    }
  }

  private static void fail() {
    throw new IllegalStateException("doom");
  }

  private static void fillMemory() {
    Object[] chain = null;
    while (true) {
      Object[] link = new Object[1 << 12];
      link[0] = chain;
      chain = link;
    }
  }
}
