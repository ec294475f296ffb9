package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.metrics.AcquireCounts;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.model.flight.EventKind;
import java.util.Optional;
import java.util.function.Function;

/**
 * What every operation on leases works with.
 *
 * @param sharedRetries how often a shared acquire is repeated when it meets another one
 * @param counts what deciding takes
 * @param logs gives a log whose lines carry a prefix
 * @param events hears what becomes of leases
 */
record Seams(
    Workers workers,
    DiskOpener opener,
    Clock clock,
    Randomness randomness,
    int sharedRetries,
    AcquireCounts counts,
    Function<String, LeaseLog> logs,
    DaemonEvents events) {
  LeaseLog log(Resource resource) {
    return logs.apply(resource.lockspace() + ":" + resource + " ");
  }

  /** Tells what becomes of a lease; the kind says what the numbers are. */
  void tell(EventKind kind, Resource resource, long a, long b, long c) {
    events.happened(kind, resource.space(), resource.name(), a, b, c);
  }

  /**
   * The other host that owns a lease, as far as the leader that made a request fail tells.
   *
   * @return its host_id, 0 when it tells none
   */
  static long owner(Lockspace lockspace, Optional<LeaderRecord> leader) {
    return leader
        .filter(record -> !record.isFree())
        .map(LeaderRecord::ownerId)
        .filter(hostId -> hostId != lockspace.spec().hostId())
        .orElse(0L);
  }

  /** For an operation on a resource whose disks are open. */
  PaxosContext context(Resource resource, Cancellation cancelled) {
    return new PaxosContext(
        resource.open().identity(),
        resource.open().replicas(),
        resource.lockspace().membership(),
        resource.memory(),
        clock,
        randomness,
        cancelled,
        log(resource));
  }
}
