package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.daemon.client.KillRecord;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.metrics.StopCounts;
import io.sanlockd.daemon.metrics.StopCounts.Means;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Signals;
import java.util.List;
import java.util.function.Function;

/**
 * Stops the processes that use a lockspace (recovery.md 4). A round sends all its signals before it
 * writes the first line of the log, and sending allocates nothing and needs no class that was not
 * used before: it must work when there is no memory and no root file system any more. Main loop
 * only.
 */
final class Stopper {
  /** Attempts after which a process counts as one that can not be stopped. */
  static final int LIMIT = 100;

  /** What the log shows in place of a signal. */
  private static final int KILL_PROGRAM = 100;

  private static final int RESTRICT_SIGKILL = 2;
  private static final int RESTRICT_SIGTERM = 4;

  private final Clients clients;
  private final ProcessSignals signals;
  private final KillPrograms programs;
  private final int graceSeconds;
  private final Function<String, LeaseLog> logs;
  private final DaemonEvents events;
  private final StopCounts stops = new StopCounts();

  Stopper(
      Clients clients,
      ProcessSignals signals,
      KillPrograms programs,
      int graceSeconds,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {
    this.clients = clients;
    this.signals = signals;
    this.programs = programs;
    this.graceSeconds = graceSeconds;
    this.logs = logs;
    this.events = events;
  }

  /** What was done so far. Any thread. */
  StopCounts stops() {
    return stops;
  }

  /** One round over all users of a lockspace. */
  void round(Lockspace lockspace, long nowSeconds) {
    signalUsers(lockspace, nowSeconds);
    for (Client client : clients.connected()) {
      report(client, lockspace);
    }
    for (Client client : clients.departed()) {
      report(client, lockspace);
    }
  }

  /** The part of a round that must always work. */
  void signalUsers(Lockspace lockspace, long nowSeconds) {
    if (lockspace.killing() == Lockspace.Killing.STUCK) {
      return;
    }
    for (Client client : clients.connected()) {
      stopIfUsing(client, lockspace, nowSeconds);
    }
    for (Client client : clients.departed()) {
      stopIfUsing(client, lockspace, nowSeconds);
    }
  }

  private void stopIfUsing(Client client, Lockspace lockspace, long nowSeconds) {
    boolean uses = false;
    List<Token> tokens = client.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).resource().lockspace() == lockspace) {
        uses = true;
        tokens.get(i).markSpaceDead();
      }
    }
    KillRecord kills = client.kills();
    if (!uses
        || kills.sent() >= LIMIT
        || !kills.due(nowSeconds)
        || (!client.connected() && exited(client))) {
      return;
    }
    boolean graceful =
        !lockspace.removalRequested() && nowSeconds < lockspace.graceEnd(graceSeconds);
    if (graceful && client.killProgram().isPresent()) {
      if (kills.programRan()) {
        kills.waited(nowSeconds);
        return;
      }
      events.happened(EventKind.KILLPATH, lockspace.spec().name(), pidOf(client), 0);
      if (runKillProgram(client, nowSeconds)) {
        return;
      }
    }
    int signal = chooseSignal(client.restrictions(), graceful);
    // Told before it is done: afterwards there may be nobody to tell.
    events.happened(EventKind.SIGNAL, lockspace.spec().name(), pidOf(client), signal);
    int result = signals.send(client, signal);
    kills.attempted(signal, result, nowSeconds);
    stops.signalled(signal, result);
  }

  /** Starts the program that stops the process gracefully; false when it can not be started. */
  private boolean runKillProgram(Client client, long nowSeconds) {
    KillProgram program = client.killProgram().orElseThrow();
    int pid = program.appendPid() ? pidOf(client) : 0;
    int result = programs.run(program.path(), program.arguments(), pid);
    stops.attempted(Means.KILLPATH, result);
    if (result == 0) {
      client.kills().attempted(KILL_PROGRAM, 0, nowSeconds);
      client.kills().noteProgramRan();
    }
    return result == 0;
  }

  private static int chooseSignal(int restrictions, boolean graceful) {
    int signal = graceful ? Signals.TERM : Signals.KILL;
    if (signal == Signals.KILL && (restrictions & RESTRICT_SIGKILL) != 0) {
      signal = Signals.TERM;
    }
    if (signal == Signals.TERM && (restrictions & RESTRICT_SIGTERM) != 0) {
      signal = Signals.KILL;
    }
    return signal;
  }

  private void report(Client client, Lockspace lockspace) {
    int action = client.kills().takeUnreportedAction();
    if (action == 0) {
      return;
    }
    int pid = pidOf(client);
    int count = client.kills().rounds();
    if (count == 1) {
      for (Token token : client.tokens()) {
        if (token.resource().lockspace() == lockspace) {
          logs.apply(lockspace + ":" + token.resource() + " ")
              .debug("client_using_space pid " + pid);
        }
      }
    }
    LeaseLog log = logs.apply(lockspace + " ");
    String text = "kill " + pid + " sig " + action + " count " + count;
    switch (client.kills().lastResult()) {
      case 0 -> log.error(text);
      case -Errno.ENOTCONN -> log.error("send_helper_kill pid " + pid + " no fd");
      case -Errno.EAGAIN ->
          log.error("send_helper_kill pid " + pid + " sig " + action + " pipe is full");
      case -Errno.ESRCH -> log.debug(text + ": the process has ended");
      default -> log.error(text + " error " + client.kills().lastResult());
    }
  }

  private static int pidOf(Client client) {
    return client.tokens().get(0).pid();
  }

  /** Whether the process of a client has ended; false when that is not certain. */
  boolean exited(Client client) {
    try {
      return client.process().isEmpty() || client.process().get().exited();
    } catch (PosixException e) {
      logs.apply("").error("pidfd of a registered process: " + e.getMessage());
      return false;
    }
  }
}
