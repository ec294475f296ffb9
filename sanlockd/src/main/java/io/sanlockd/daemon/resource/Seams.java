package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.metrics.AcquireCounts;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.paxos.PaxosContext;
import java.util.function.Function;

/**
 * What every operation on leases works with.
 *
 * @param sharedRetries how often a shared acquire is repeated when it meets another one
 * @param counts what deciding takes
 * @param logs gives a log whose lines carry a prefix
 */
record Seams(
    Workers workers,
    DiskOpener opener,
    Clock clock,
    Randomness randomness,
    int sharedRetries,
    AcquireCounts counts,
    Function<String, LeaseLog> logs) {
  LeaseLog log(Resource resource) {
    return logs.apply(resource.lockspace() + ":" + resource + " ");
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
