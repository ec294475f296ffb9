package io.sanlockd.cli;

import io.sanlockd.client.Reply;
import io.sanlockd.client.Request;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;

/** One action: its options, the daemon, and where it prints. */
final class Session {
  private static final int NOT_FOUND = -2;
  private static final int NO_PERMISSION = -13;
  private static final int REFUSED = -111;

  private final String action;
  private final ParsedOptions options;
  private final Invocation invocation;
  private final SanlockClient client;
  private boolean daemonAnswered = true;

  Session(String action, ParsedOptions options, Invocation invocation) {
    this.action = action;
    this.options = options;
    this.invocation = invocation;
    this.client = new SanlockClient(invocation.endpoint());
  }

  ParsedOptions options() {
    return options;
  }

  Invocation invocation() {
    return invocation;
  }

  Out out() {
    return invocation.out();
  }

  /** Asks the daemon; a failure keeps in mind whether it was there at all. */
  Reply ask(Request request) {
    Reply reply = client.exchange(request);
    daemonAnswered = reply.version() != 0;
    return reply;
  }

  /** Notes that the connection itself failed, for {@link #finish}. */
  void connectionFailed() {
    daemonAnswered = false;
  }

  /** Prints {@code <words> done <result>} and gives the exit status. */
  int done(String words, int result) {
    out().line(words + " done " + result);
    return finish(result);
  }

  /** As {@link #done(String, int)}; a failure is explained with more than its number says. */
  int done(String words, int result, String why) {
    out().line(words + " done " + result);
    return finish(result, why);
  }

  /** As {@link #finish(int)}, with more than the number says. */
  int finish(int result, String why) {
    int status = finish(result);
    if (result < 0 && !why.isEmpty()) {
      invocation.err().line("sanlock: " + why);
    }
    return status;
  }

  /** {@code -o}, or what the configuration says; 0 and words count as not given. */
  int ioTimeoutSeconds() {
    int given = options.integer('o', 0);
    return given == 0 ? invocation.config().ioTimeoutSeconds() : given;
  }

  /**
   * The exit status of a result: 0 only for 0. A negative one is explained on standard error.
   * Positive ones are successes which the C program ends with 1, and scripts know it.
   */
  int finish(int result) {
    if (result < 0) {
      out().flush();
      invocation.err().line("sanlock: " + action + " failed: " + explain(result));
    }
    return result == 0 ? 0 : 1;
  }

  private String explain(int result) {
    String socket = invocation.endpoint().socketPath();
    if (!daemonAnswered && (result == NOT_FOUND || result == REFUSED)) {
      return result + ": no daemon at " + socket + "; start it, or set SANLOCK_RUN_DIR";
    }
    if (!daemonAnswered && result == NO_PERMISSION) {
      return result + ": no permission for " + socket + "; be root or in the daemon's group";
    }
    return SanlockException.describe(result);
  }
}
