package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.RenewalStatus;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The duty of the main loop: once a second it looks at the age of every renewal, and when a lease
 * is lost or its lockspace is removed it stops the processes that use it, five times a second until
 * they are gone (recovery.md 2 to 5).
 */
public final class Supervisor {
  private static final int NORMAL_MILLIS = 1000;
  private static final int RECOVERY_MILLIS = 200;
  private static final int KILL_LIMIT = 100;
  private static final int SHOWN_FOR_PROGRAM = 100;
  private static final int RESTRICT_SIGKILL = 2;
  private static final int RESTRICT_SIGTERM = 4;

  private final Lockspaces lockspaces;
  private final Clients clients;
  private final Resources resources;
  private final ProcessSignals signals;
  private final KillPrograms programs;
  private final Clock clock;
  private final int graceSeconds;
  private final Function<String, LeaseLog> logs;

  /**
   * A supervisor of all lockspaces.
   *
   * @param graceSeconds time for processes to stop by themselves after the lease was lost
   * @param logs gives a log whose lines carry a prefix
   */
  public Supervisor(
      Lockspaces lockspaces,
      Clients clients,
      Resources resources,
      ProcessSignals signals,
      KillPrograms programs,
      Clock clock,
      int graceSeconds,
      Function<String, LeaseLog> logs) {
    this.lockspaces = lockspaces;
    this.clients = clients;
    this.resources = resources;
    this.signals = signals;
    this.programs = programs;
    this.clock = clock;
    this.graceSeconds = graceSeconds;
    this.logs = logs;
  }

  /**
   * One pass over all active lockspaces.
   *
   * @return milliseconds until the next pass
   */
  public int pass() {
    boolean recovering = false;
    settleDeparted();
    for (Lockspace lockspace : lockspaces.in(Lockspace.Phase.ACTIVE)) {
      if (lockspace.killing() == Lockspace.Killing.NO) {
        boolean lost = !checkOwnLease(lockspace);
        if (!lost && !lockspace.removalRequested()) {
          continue;
        }
        logs.apply(lockspace + " ")
            .error(
                "set killing_pids check "
                    + (lost ? -1 : 0)
                    + " remove "
                    + (lockspace.removalRequested() ? 1 : 0));
        lockspace.startKilling(lost, clock.seconds());
      }
      killUsers(lockspace);
      if (allGone(lockspace)) {
        resources.purge(lockspace);
        lockspaces.leave(lockspace);
      } else {
        recovering = true;
      }
    }
    return recovering ? RECOVERY_MILLIS : NORMAL_MILLIS;
  }

  private boolean checkOwnLease(Lockspace lockspace) {
    RenewalStatus status = lockspace.status();
    LeaseLog log = logs.apply(lockspace + " ");
    if (status.corruptResult() != 0) {
      log.error("check_our_lease corrupt " + status.corruptResult());
      return false;
    }
    long age = clock.seconds() - status.renewalSuccess();
    if (age >= lockspace.times().failSeconds()) {
      log.error("check_our_lease failed " + age);
      return false;
    }
    if (age >= lockspace.times().warnSeconds()) {
      log.error("check_our_lease warning " + age + " last_success " + status.renewalSuccess());
    }
    return true;
  }

  private void killUsers(Lockspace lockspace) {
    for (Client client : clients.all()) {
      killIfUsing(client, lockspace);
    }
    for (Client client : clients.departed()) {
      killIfUsing(client, lockspace);
    }
  }

  private void killIfUsing(Client client, Lockspace lockspace) {
    boolean uses = false;
    for (Token token : client.tokens()) {
      if (token.resource().lockspace() == lockspace) {
        uses = true;
        if (!token.spaceDead()) {
          logs.apply(lockspace + ":" + token.resource() + " ")
              .debug("client_using_space pid " + token.pid());
          token.markSpaceDead();
        }
      }
    }
    if (uses && !departedAndExited(client)) {
      kill(client, lockspace);
    }
  }

  private void kill(Client client, Lockspace lockspace) {
    long now = clock.seconds();
    if (client.killCount() >= KILL_LIMIT
        || (client.killCount() > 0 && now == client.killLastSeconds())) {
      return;
    }
    client.killed(now);
    boolean graceful = !lockspace.removalRequested() && now < graceEnd(lockspace);
    if (graceful && client.killProgram().isPresent()) {
      if (client.killProgramRan() || runKillProgram(client, lockspace)) {
        return;
      }
    }
    int signal = chooseSignal(client, graceful);
    int result = signals.send(client, signal);
    logKill(client, lockspace, signal, result);
  }

  /** Starts the program that stops the process gracefully; false when it can not be started. */
  private boolean runKillProgram(Client client, Lockspace lockspace) {
    KillProgram program = client.killProgram().orElseThrow();
    int pid = program.appendPid() ? client.tokens().get(0).pid() : 0;
    int result = programs.run(program.path(), program.arguments(), pid);
    logKill(client, lockspace, SHOWN_FOR_PROGRAM, result);
    if (result == 0) {
      client.noteKillProgramRan();
    }
    return result == 0;
  }

  private void logKill(Client client, Lockspace lockspace, int signal, int result) {
    String text =
        "kill " + client.tokens().get(0).pid() + " sig " + signal + " count " + client.killCount();
    logs.apply(lockspace + " ").error(result == 0 ? text : text + " error " + result);
  }

  private static int chooseSignal(Client client, boolean graceful) {
    int signal = graceful ? Signals.TERM : Signals.KILL;
    if (signal == Signals.KILL && (client.restrictions() & RESTRICT_SIGKILL) != 0) {
      signal = Signals.TERM;
    }
    if (signal == Signals.TERM && (client.restrictions() & RESTRICT_SIGTERM) != 0) {
      signal = Signals.KILL;
    }
    return signal;
  }

  /** Until when processes may stop by themselves, in monotonic seconds. */
  private long graceEnd(Lockspace lockspace) {
    long lost = lockspace.status().renewalSuccess() + lockspace.times().failSeconds();
    // The host_id of a corrupt lease may already belong to another host: count from now on.
    return graceSeconds
        + (lockspace.status().corruptResult() != 0
            ? Math.min(lost, lockspace.killingSinceSeconds())
            : lost);
  }

  private boolean allGone(Lockspace lockspace) {
    List<Client> left = users(lockspace);
    if (left.isEmpty()) {
      LeaseLog log = logs.apply(lockspace + " ");
      if (lockspace.renewalFailed()) {
        log.error("all pids clear");
      } else {
        log.debug("all pids clear");
      }
      return true;
    }
    boolean stuck = left.stream().allMatch(c -> c.killCount() >= KILL_LIMIT);
    if (stuck && lockspace.killing() != Lockspace.Killing.STUCK) {
      logs.apply(lockspace + " ").error("killing pids stuck " + left.size());
      lockspace.killingStuck();
    }
    return false;
  }

  /** Every client whose process may use the lockspace, with or without a connection. */
  private List<Client> users(Lockspace lockspace) {
    List<Client> users = new ArrayList<>();
    for (Client client : clients.all()) {
      if (uses(client, lockspace)) {
        users.add(client);
      }
    }
    for (Client client : clients.departed()) {
      if (uses(client, lockspace) && !exited(client)) {
        users.add(client);
      }
    }
    return users;
  }

  private static boolean uses(Client client, Lockspace lockspace) {
    return client.tokens().stream().anyMatch(t -> t.resource().lockspace() == lockspace);
  }

  /**
   * The connection of a registered client has ended, which ends its leases, too. There are two
   * exceptions: a command that still runs for it goes on to its end, and a process that was told to
   * stop because its lockspace fails counts as gone only when it has exited.
   */
  public void connectionEnded(Client client) {
    if (client.killCount() > 0 && !client.tokens().isEmpty()) {
      logs.apply("")
          .error(
              "dead "
                  + client.tokens().get(0).pid()
                  + " ci "
                  + client.slot()
                  + " count "
                  + client.killCount());
    }
    clients.departed().add(client);
    settle(client);
  }

  /** A command for a client has ended. */
  public void commandEnded(Client client) {
    if (!client.connected()) {
      settle(client);
    }
  }

  private void settleDeparted() {
    List.copyOf(clients.departed()).forEach(this::settle);
  }

  private void settle(Client client) {
    boolean beingKilled = client.tokens().stream().anyMatch(Token::spaceDead);
    if (client.activeCommand() != 0 || (beingKilled && !exited(client))) {
      return;
    }
    clients.departed().remove(client);
    List<Token> tokens = List.copyOf(client.tokens());
    client.tokens().clear();
    tokens.forEach(resources::holderDied);
    client.discard();
  }

  private boolean departedAndExited(Client client) {
    return !client.connected() && exited(client);
  }

  private boolean exited(Client client) {
    try {
      return client.process().isEmpty() || client.process().get().exited();
    } catch (PosixException e) {
      logs.apply("").error("pidfd of a registered process: " + e.getMessage());
      return false;
    }
  }
}
