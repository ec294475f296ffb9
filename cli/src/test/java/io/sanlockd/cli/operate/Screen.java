package io.sanlockd.cli.operate;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.FireTimeout;
import java.nio.charset.StandardCharsets;

/** Runs a command of this package and keeps what it prints. */
final class Screen {
  /** Keeps what is written. */
  record Text(StringBuilder kept) implements Console.Sink {
    @Override
    public void write(String bytes) {
      kept.append(bytes);
    }

    @Override
    public boolean isTerminal() {
      return false;
    }

    @Override
    public boolean isBroken() {
      return false;
    }
  }

  private final StringBuilder out = new StringBuilder();
  private final StringBuilder err = new StringBuilder();

  int run(String command, String... args) {
    return runAt("/nonexistent/sanlock.sock", command, args);
  }

  int runAt(String socket, String command, String... args) {
    Console console = new Console(new Text(out), new Text(err), true);
    return OperateCommands.run(
        command,
        args,
        new Setting(
            new Endpoint(socket, 0),
            () -> FireTimeout.DEFAULT_SECONDS,
            () -> "/nonexistent/flight",
            console));
  }

  String out() {
    return unicode(out);
  }

  String err() {
    return unicode(err);
  }

  private static String unicode(StringBuilder bytes) {
    return new String(
        bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
