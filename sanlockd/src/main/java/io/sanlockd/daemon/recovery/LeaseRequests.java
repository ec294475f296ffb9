package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.metrics.StopCounts;
import io.sanlockd.daemon.metrics.StopCounts.Means;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.lease.paxos.PaxosRequest;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.CommandFlags;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;

/**
 * Answers what other hosts ask of the holders of our leases (paxos-lease.md 22): reads the request
 * records of one lease after the other, and where a version after ours is wanted stops the holder.
 * Only an exclusive holder can be stopped, and only the very process that held the lease when the
 * record was read. Main loop only.
 */
public final class LeaseRequests {
  private final Resources resources;
  private final ProcessSignals signals;
  private final KillPrograms programs;
  private final Function<String, LeaseLog> logs;
  private final DaemonEvents events;
  private final StopCounts stops = new StopCounts();

  /** Leases still to be looked at; a lockspace whose storage hangs holds up only itself. */
  private final Map<Lockspace, Queue<Resource>> pending = new HashMap<>();

  /**
   * Answers requests for all leases of the daemon.
   *
   * @param logs gives a log whose lines carry a prefix
   * @param events hears of each request that is answered, and what is done to the holder
   */
  public LeaseRequests(
      Resources resources,
      ProcessSignals signals,
      KillPrograms programs,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {
    this.resources = resources;
    this.signals = signals;
    this.programs = programs;
    this.logs = logs;
    this.events = events;
  }

  /** What was done to stop holders because other hosts asked for their leases. Any thread. */
  public StopCounts stops() {
    return stops;
  }

  /** Looks at every lease held in a lockspace. */
  public void examine(Lockspace lockspace) {
    for (Resource resource : resources.in(Resource.State.HELD)) {
      if (resource.lockspace() == lockspace) {
        examine(resource);
      }
    }
  }

  /**
   * Looks at the leases of these names that are held.
   *
   * @param name empty = all of the lockspace
   */
  public void examine(LeaseName space, LeaseName name) {
    for (Resource resource : resources.in(Resource.State.HELD)) {
      if (resource.space().equals(space) && (name.isEmpty() || resource.name().equals(name))) {
        examine(resource);
      }
    }
  }

  private void examine(Resource resource) {
    if (resource.examining()) {
      return;
    }
    resource.examining(true);
    Queue<Resource> queue = pending.get(resource.lockspace());
    if (queue == null) {
      queue = new ArrayDeque<>();
      pending.put(resource.lockspace(), queue);
      queue.add(resource);
      next(resource.lockspace());
    } else {
      queue.add(resource);
    }
  }

  private void next(Lockspace lockspace) {
    Queue<Resource> queue = pending.get(lockspace);
    while (!queue.isEmpty()) {
      Resource resource = queue.remove();
      resource.examining(false);
      Optional<Token> token = holder(resource);
      if (token.isPresent() && resource.lockspace() == lockspace && lockspace.usable()) {
        resources.readRequest(resource, request -> read(lockspace, resource, token.get(), request));
        return;
      }
    }
    pending.remove(lockspace);
  }

  private void read(
      Lockspace lockspace, Resource resource, Token asked, Optional<RequestRecord> request) {
    // A process that has got the lease meanwhile was not asked.
    if (request.isPresent() && holder(resource).filter(now -> now == asked).isPresent()) {
      answer(resource, asked, request.get());
    }
    next(lockspace);
  }

  /** Who may be asked: nobody for a lease that is shared, or not held any more. */
  private static Optional<Token> holder(Resource resource) {
    boolean exclusive = resource.state() == Resource.State.HELD && !resource.shared();
    return exclusive ? resource.tokens().stream().findFirst() : Optional.empty();
  }

  private void answer(Resource resource, Token token, RequestRecord request) {
    LeaseLog log = logs.apply(resource.lockspace() + ":" + resource + " ");
    String what =
        "request for version "
            + request.lver()
            + " of "
            + resource.name()
            + " force_mode "
            + request.forceMode();
    events.happened(
        EventKind.REQUESTED,
        resource.space(),
        resource.name(),
        token.pid(),
        request.lver(),
        request.forceMode());
    switch (request.forceMode()) {
      case PaxosRequest.FORCE -> {
        boolean gentle = (resource.restrictions() & CommandFlags.RESTRICT_SIGKILL) != 0;
        signal(token, gentle ? Signals.TERM : Signals.KILL, what, log);
      }
      case PaxosRequest.GRACEFUL -> {
        Optional<KillProgram> program = resource.killProgram();
        if (program.isPresent()) {
          events.happened(EventKind.KILLPATH, resource.space(), token.pid(), 0);
          int result = programs.run(program.get().path(), program.get().arguments(), 0);
          stops.attempted(Means.KILLPATH, result);
          log.error(what + ": killpath of pid " + token.pid() + " result " + result);
        } else {
          boolean hard = (resource.restrictions() & CommandFlags.RESTRICT_SIGTERM) != 0;
          signal(token, hard ? Signals.KILL : Signals.TERM, what, log);
        }
      }
      default -> log.error(what + ": unknown, ignored");
    }
  }

  private void signal(Token token, int signal, String what, LeaseLog log) {
    Client holder = token.holder();
    events.happened(EventKind.SIGNAL, token.resource().space(), token.pid(), signal);
    int result = signals.send(holder, signal);
    stops.signalled(signal, result);
    log.error(what + ": kill " + token.pid() + " sig " + signal + " result " + result);
  }
}
