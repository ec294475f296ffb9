package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.RenewalStatus;
import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.daemon.metrics.StopCounts;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The duty of the main loop: once a second it looks at the age of every renewal, and when a lease
 * is lost or its lockspace is removed it stops the processes that use it, five times a second until
 * they are gone (recovery.md 2 to 5).
 */
public final class Supervisor {
  private static final int NORMAL_MILLIS = 1000;
  private static final int DEACTIVATION_MILLIS = 500;
  private static final int RECOVERY_MILLIS = 200;
  private static final int USED_LOG_INTERVAL = 1000;

  private final Lockspaces lockspaces;
  private final Clients clients;
  private final Resources resources;
  private final ProcessSignals signals;
  private final Stopper stopper;
  private final PauseMonitor pauses;
  private final Clock clock;
  private final Function<String, LeaseLog> logs;
  private final DaemonEvents events;
  private final LossCounts losses = new LossCounts();

  /**
   * A supervisor of all lockspaces.
   *
   * @param graceSeconds time for processes to stop by themselves after the lease was lost
   * @param logs gives a log whose lines carry a prefix
   * @param events hears of each step before it is done
   */
  public Supervisor(
      Lockspaces lockspaces,
      Clients clients,
      Resources resources,
      ProcessSignals signals,
      KillPrograms programs,
      Clock clock,
      int graceSeconds,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {
    this.lockspaces = lockspaces;
    this.clients = clients;
    this.resources = resources;
    this.signals = signals;
    this.stopper = new Stopper(clients, signals, programs, graceSeconds, logs, events);
    this.pauses = new PauseMonitor(clock, logs.apply(""), events);
    this.clock = clock;
    this.logs = logs;
    this.events = events;
  }

  /** What stops processes. */
  Stopper stopper() {
    return stopper;
  }

  /** How late supervision was, as a rule because the whole JVM stood still. Any thread. */
  public DurationHistogram delays() {
    return pauses.delays();
  }

  /** How often lockspaces were lost. Any thread. */
  public LossCounts losses() {
    return losses;
  }

  /** What was done to stop the processes of lost or removed lockspaces. Any thread. */
  public StopCounts stops() {
    return stopper.stops();
  }

  /**
   * One pass over all active lockspaces.
   *
   * @return milliseconds until the next pass
   */
  public int pass() {
    pauses.passBegins();
    int nextMillis = supervise();
    pauses.nextAfterMillis(nextMillis);
    return nextMillis;
  }

  private int supervise() {
    int nextMillis = NORMAL_MILLIS;
    settleDeparted();
    for (Lockspace lockspace : lockspaces.in(Lockspace.Phase.ACTIVE)) {
      boolean begins = lockspace.killing() == Lockspace.Killing.NO;
      if (begins && !startKillingIfNeeded(lockspace)) {
        continue;
      }
      stopper.round(lockspace, clock.seconds());
      if (begins) {
        lockspace.tellClosing();
      }
      if (allGone(lockspace) && !blocked(lockspace)) {
        reportClear(lockspace);
        resources.purge(lockspace);
        lockspaces.leave(lockspace);
      } else {
        nextMillis = RECOVERY_MILLIS;
      }
    }
    return lockspaces.retryDeactivations() ? Math.min(nextMillis, DEACTIVATION_MILLIS) : nextMillis;
  }

  private boolean startKillingIfNeeded(Lockspace lockspace) {
    Optional<Lockspace.Cause> lost = checkOwnLease(lockspace);
    if (lost.isEmpty() && !lockspace.removalRequested()) {
      return false;
    }
    Lockspace.Cause cause = lost.orElse(Lockspace.Cause.REMOVED);
    events.happened(
        EventKind.STOPPING, lockspace.spec().name(), cause, lockspace.ageSeconds(), 0, 0);
    logs.apply(lockspace + " ")
        .error(
            "set killing_pids check "
                + (lost.isPresent() ? -1 : 0)
                + " remove "
                + (lockspace.removalRequested() ? 1 : 0));
    lost.ifPresent(losses::lost);
    lockspace.startKilling(cause, clock.seconds());
    return true;
  }

  /** How our lease was lost; empty while it is good. */
  private Optional<Lockspace.Cause> checkOwnLease(Lockspace lockspace) {
    RenewalStatus status = lockspace.status();
    LeaseLog log = logs.apply(lockspace + " ");
    if (status.corruptResult() != 0) {
      log.error("check_our_lease corrupt " + status.corruptResult());
      return Optional.of(Lockspace.Cause.OVERWRITTEN);
    }
    long age = lockspace.ageSeconds();
    if (age >= lockspace.times().failSeconds()) {
      log.error("check_our_lease failed " + age);
      return Optional.of(Lockspace.Cause.EXPIRED);
    }
    if (lockspace.watchdog().lost()) {
      log.error(
          "check_our_lease watchdog lost: wdmd has ended or closed our connection, so this host"
              + " will be reset; its processes are told to stop before");
      return Optional.of(Lockspace.Cause.UNGUARDED);
    }
    if (age >= lockspace.times().warnSeconds()) {
      events.happened(
          EventKind.RENEWAL_LATE,
          lockspace.spec().name(),
          age,
          lockspace.times().failSeconds() - age);
      log.error("check_our_lease warning " + age + " last_success " + status.renewalSuccess());
    } else if (log.wants(LogDetail.LEASE_CHECK)) {
      log.debug("check_our_lease good " + age + " " + status.renewalSuccess());
    }
    return Optional.empty();
  }

  private boolean allGone(Lockspace lockspace) {
    List<Client> left = users(lockspace);
    if (left.isEmpty()) {
      return true;
    }
    if (stuck(left) && lockspace.killing() != Lockspace.Killing.STUCK) {
      events.happened(EventKind.STUCK, lockspace.spec().name(), left.size(), 0);
      logs.apply(lockspace + " ").error("killing pids stuck " + left.size());
      lockspace.killingStuck();
    }
    return false;
  }

  private static boolean stuck(List<Client> left) {
    for (Client client : left) {
      if (client.kills().sent() < Stopper.LIMIT) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether something that is no process keeps us from leaving. Our renewals make it safe, and when
   * they fail the watchdog that stays armed.
   */
  private boolean blocked(Lockspace lockspace) {
    String use = otherUse(lockspace);
    if (use.isEmpty()) {
      return false;
    }
    if (lockspace.usedRetries() % USED_LOG_INTERVAL == 0) {
      logs.apply(lockspace + " ").error(use + " blocking lockspace removal");
    }
    lockspace.noteUsedRetry();
    return true;
  }

  private String otherUse(Lockspace lockspace) {
    if (lockspace.externalUsed()) {
      return "used external";
    }
    int orphans = lockspace.usedByOrphans() ? orphans(lockspace) : 0;
    if (orphans > 0) {
      return "used by orphan " + orphans;
    }
    return resources.settle(lockspace) ? "" : "write in flight";
  }

  private int orphans(Lockspace lockspace) {
    return (int)
        resources.in(Resource.State.ORPHAN).stream()
            .filter(orphan -> orphan.lockspace() == lockspace)
            .count();
  }

  private void reportClear(Lockspace lockspace) {
    events.happened(EventKind.ALL_GONE, lockspace.spec().name(), 0, 0);
    LeaseLog log = logs.apply(lockspace + " ");
    if (lockspace.renewalFailed() || lockspace.usedRetries() > 0) {
      log.error("all pids clear");
    } else {
      log.debug("all pids clear");
    }
  }

  /** Every client whose process may use the lockspace, with or without a connection. */
  private List<Client> users(Lockspace lockspace) {
    List<Client> users = new ArrayList<>();
    for (Client client : clients.connected()) {
      if (uses(client, lockspace)) {
        users.add(client);
      }
    }
    for (Client client : clients.departed()) {
      if (uses(client, lockspace) && !stopper.exited(client)) {
        users.add(client);
      }
    }
    return users;
  }

  private static boolean uses(Client client, Lockspace lockspace) {
    for (Token token : client.tokens()) {
      if (token.resource().lockspace() == lockspace) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the process of a client could be stopped now: a lease must not be given to one that
   * would outlive the loss of its lockspace. Logs why not.
   */
  public boolean canStop(Client client) {
    int result = signals.test(client);
    if (result == 0 || result == -Errno.ESRCH) {
      return true;
    }
    logs.apply("")
        .error(
            "no new lease for pid "
                + client.pid()
                + ": there is no helper process at the moment and the daemon itself may not signal"
                + " it ("
                + Errno.name(-result)
                + "), so it could not be stopped if its lockspace failed");
    return false;
  }

  /**
   * The connection of a registered client has ended, which ends its leases, too. There are two
   * exceptions: a command that still runs for it goes on to its end, and a process that was told to
   * stop because its lockspace fails counts as gone only when it has exited.
   */
  public void connectionEnded(Client client) {
    if (client.kills().begun() && !client.tokens().isEmpty()) {
      logs.apply("")
          .error(
              "dead "
                  + client.tokens().get(0).pid()
                  + " ci "
                  + client.slot()
                  + " count "
                  + client.kills().rounds());
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

  private static boolean usesDeadSpace(Client client) {
    for (Token token : client.tokens()) {
      if (token.spaceDead()) {
        return true;
      }
    }
    return false;
  }

  private void settle(Client client) {
    if (client.activeCommand() != 0 || (usesDeadSpace(client) && !stopper.exited(client))) {
      return;
    }
    clients.departed().remove(client);
    List<Token> tokens = List.copyOf(client.tokens());
    if (client.kills().begun() && !tokens.isEmpty()) {
      Token token = tokens.get(0);
      LeaseName space = token.resource().lockspace().spec().name();
      events.happened(EventKind.PROCESS_GONE, space, token.pid(), 0);
    }
    client.tokens().clear();
    tokens.forEach(resources::holderDied);
    client.discard();
  }
}
