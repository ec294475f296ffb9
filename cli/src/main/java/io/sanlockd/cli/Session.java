package io.sanlockd.cli;

import io.sanlockd.cli.operate.Bytes;
import io.sanlockd.cli.operate.Refusal;
import io.sanlockd.cli.operate.RefusalEvidence;
import io.sanlockd.client.Reply;
import io.sanlockd.client.Request;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import java.util.List;

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
  private boolean daemonConcerned = true;
  private int lastResult;

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

  /** The action works without the daemon, which therefore knows nothing about its failures. */
  void leaveDaemonAside() {
    daemonConcerned = false;
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

  /** As {@link #finish(int)} for a failure whose number says nothing of its reason. */
  int fail(int result, String why) {
    lastResult = result;
    out().flush();
    invocation.err().line("sanlock: " + action + " failed: " + why);
    return 1;
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
    lastResult = result;
    if (result < 0) {
      out().flush();
      invocation.err().line("sanlock: " + action + " failed: " + explain(result));
      if (daemonAnswered && daemonConcerned) {
        showEvidence(result);
      }
    }
    return result == 0 ? 0 : 1;
  }

  /** What was given to {@link #finish} last. */
  int result() {
    return lastResult;
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

  /** Who or what is behind a refusal; result and cause have been reported before. */
  private void showEvidence(int result) {
    invocation.err().flush();
    Refusal refusal =
        new Refusal(
            action, result, options.lockspace(), options.resources(), options.integer('p', -1));
    List<String> lines =
        RefusalEvidence.of(
            refusal, invocation.endpoint(), invocation.config().fireTimeoutSeconds());
    for (int i = 0; i < lines.size(); i++) {
      invocation.err().line("sanlock: " + Bytes.of(lines.get(i)));
    }
  }
}
