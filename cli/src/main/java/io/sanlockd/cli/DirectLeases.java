package io.sanlockd.cli;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.BallotMemory;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.LockspaceHosts;
import io.sanlockd.lease.paxos.OpenLease;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Leases without a daemon (cli.md 8). A lease is taken for a host that the caller names; whether
 * its owner is alive is not known here, so that an owned lease is refused. Nothing is released: no
 * one here knows whether the processes that use it have ended.
 */
final class DirectLeases {
  private static final int WITHDRAWALS = 3;

  private final Session session;
  private final ParsedOptions options;
  private final DirectStorage storage;

  DirectLeases(Session session, DirectStorage storage) {
    this.session = session;
    this.options = session.options();
    this.storage = storage;
  }

  int run(String action) {
    try {
      if (options.resources().isEmpty() || options.resources().get(0).disks().isEmpty()) {
        throw new LeaseException(
            ResultCode.EGENERIC, "a lease is needed: -r LOCKSPACE:NAME:PATH:OFFSET");
      }
      Resource resource = options.resources().get(0);
      if (action.equals("acquire")) {
        acquire(resource);
      } else {
        release(resource);
      }
      return session.done(action, 0);
    } catch (LeaseException e) {
      return storage.failed(action, e);
    }
  }

  private void acquire(Resource resource) throws LeaseException {
    long hostId = options.unsigned('i');
    long generation = options.unsigned('g');
    if (hostId == 0 || generation == 0) {
      throw new LeaseException(
          ResultCode.EINVAL, "-i HOST_ID and -g GENERATION say for which host");
    }
    PaxosIdentity identity =
        new PaxosIdentity(
            resource.lockspaceName(), resource.name(), hostId, generation, storage.times());
    List<DiskSpec> specs =
        resource.disks().stream().map(disk -> new DiskSpec(disk.path(), disk.offset())).toList();
    storage.note("acquire");
    try (OpenLease lease = OpenLease.open(identity, specs, storage.opener())) {
      PaxosContext context = context(lease);
      AcquireOutcome outcome = run(new PaxosAcquire(context, request(resource)));
      if (outcome instanceof AcquireOutcome.Refused refused) {
        if (refused.undo().isPresent()) {
          withdraw(context, refused.undo().get());
        }
        throw new LeaseException(refused.result(), refused.message());
      }
    }
  }

  private AcquireRequest request(Resource resource) {
    boolean isShared = (resource.flags() & ResourceFlags.SHARED) != 0;
    boolean hasVersion = (resource.flags() & ResourceFlags.LVER) != 0;
    int numHosts = Math.max(0, options.integer('n', 0));
    return new AcquireRequest(isShared, hasVersion ? resource.lver() : 0, numHosts, false);
  }

  private PaxosContext context(OpenLease lease) {
    return new PaxosContext(
        lease.identity(),
        lease.replicas(),
        LockspaceHosts.none(lease.identity().space()),
        new BallotMemory(),
        storage.clock(),
        bound -> ThreadLocalRandom.current().nextLong(bound),
        Cancellation.NEVER,
        storage.log());
  }

  private AcquireOutcome run(PaxosAcquire acquire) {
    PaxosAcquire.Step step = acquire.advance();
    while (step instanceof PaxosAcquire.Step.Wait wait) {
      storage.pause().sleep(wait.nanos());
      step = acquire.advance();
    }
    return ((PaxosAcquire.Step.Done) step).outcome();
  }

  /** Takes back what others could still decide for us. */
  private void withdraw(PaxosContext context, Holding proposed) {
    Holding holding = proposed;
    for (int i = 0; i < WITHDRAWALS; i++) {
      PaxosRelease.Outcome outcome = context.release().exclusive(holding, ReleaseOptions.PLAIN);
      if (!outcome.again()) {
        return;
      }
      holding = new Holding(holding.dblock(), Optional.empty());
      storage.pause().sleep(context.identity().times().ioTimeoutNanos());
    }
    session
        .invocation()
        .err()
        .line("sanlock: the storage is too slow to withdraw; the lease may still become ours");
  }

  private void release(Resource resource) throws LeaseException {
    Disk place = resource.disks().get(0);
    try (LeaseDisk disk = storage.open(place.path())) {
      LeaseOwners owners =
          new ResourceArea(disk, place.offset())
              .readOwners(resource.lockspaceName(), resource.name(), 0, storage.readTimeoutNanos());
      if (!owners.owners().isEmpty()) {
        throw new LeaseException(
            ResultCode.RELEASE_OWNER,
            "host_id "
                + owners.owners().get(0).hostId()
                + " has the lease; only its daemon knows whether it is still used, and when the"
                + " host is dead whoever acquires the lease gets it");
      }
    }
  }
}
