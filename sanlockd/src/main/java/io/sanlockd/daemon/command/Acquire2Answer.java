package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.resource.Acquired;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Host;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers ACQUIRE2 (41), which current lvmlockd sends for every lock: a lease that another host has
 * is refused with that host (v5.md 6.1).
 *
 * @param workers read who shares a lease
 * @param opener opens its disk
 */
record Acquire2Answer(Workers workers, DiskOpener opener, LeaseLog log)
    implements AcquireCommand.Answer {
  private static final int OWNER_LENGTH = Host.LENGTH + LeaseName.FIELD_LENGTH;

  private static final Set<Integer> OWNED =
      Set.of(
          ResultCode.ACQUIRE_IDLIVE.number(),
          ResultCode.ACQUIRE_OWNED.number(),
          ResultCode.ACQUIRE_OTHER.number(),
          ResultCode.ACQUIRE_SHRETRY.number(),
          ResultCode.ACQUIRE_OWNED_RETRY.number());

  @Override
  public void answer(Request request, Acquired outcome) {
    int result = outcome.result();
    if (outcome.obstacle().isEmpty()) {
      request.reply(result);
    } else if (OWNED.contains(result)) {
      LeaderRecord leader = outcome.obstacle().get().leader();
      LeaseOwners.Owner owner =
          new LeaseOwners.Owner(leader.ownerId(), leader.ownerGeneration(), leader.timestamp());
      reply(request, outcome, Optional.of(owner));
    } else if (result == ResultCode.EAGAIN.number()) {
      boolean begun =
          workers.offer(
              () -> sharer(outcome.obstacle().get()), owner -> reply(request, outcome, owner));
      if (!begun) {
        request.reply(result);
      }
    } else {
      request.reply(result);
    }
  }

  /** On a worker: a host that shares the lease, beside ourselves. */
  private Optional<LeaseOwners.Owner> sharer(Acquired.Obstacle obstacle) {
    var lease = obstacle.request();
    var place = lease.disks().get(0);
    long timeoutNanos = lease.lockspace().times().ioTimeoutNanos();
    try (LeaseDisk disk = opener.open(place.path())) {
      List<LeaseOwners.Owner> owners =
          new ResourceArea(disk, place.offset())
              .readOwners(lease.space(), lease.name(), 0, timeoutNanos)
              .owners();
      long ownId = lease.lockspace().spec().hostId();
      return owners.stream().filter(owner -> owner.hostId() != ownId).findFirst();
    } catch (LeaseException e) {
      log.debug("owners of " + lease.name() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void reply(Request request, Acquired outcome, Optional<LeaseOwners.Owner> owner) {
    if (owner.isEmpty()) {
      request.reply(outcome.result());
      return;
    }
    Lockspace lockspace = outcome.obstacle().orElseThrow().request().lockspace();
    HostMonitor monitor = lockspace.membership().monitor();
    Optional<HostView> view = monitor.view(owner.get().hostId());
    int state = view.map(monitor::state).orElse(HostMonitor.State.UNKNOWN).number();
    LeaseName name = view.map(HostView::name).orElse(LeaseName.EMPTY);
    Host host =
        new Host(owner.get().hostId(), owner.get().generation(), owner.get().timestamp(), 0, state);
    request.reply(
        outcome.result(),
        request.header().data2(),
        OWNER_LENGTH,
        body -> {
          host.encode(body);
          body.put(name.toField());
        });
  }
}
