package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.daemon.metrics.StopCounts;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.work.WorkerFacts;
import io.sanlockd.lease.Clock;
import io.sanlockd.model.LeaseName;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where the numbers come from.
 *
 * @param hostName our host name
 * @param usesWatchdog whether lockspaces are to be protected by wdmd
 * @param descriptorLimit most descriptors for clients at a time
 * @param clientDescriptors those in use; main loop only
 * @param clock our time
 * @param lockspaces main loop only
 * @param clients main loop only
 * @param resources main loop only, but for its counts
 * @param supervisor its counts
 * @param requestStops processes stopped because another host asked
 * @param answers answers given to clients
 * @param turns turns of the main loop
 * @param helper main loop only
 * @param requestWorkers any thread
 * @param backgroundWorkers any thread
 * @param disks any thread
 */
public record Sources(
    LeaseName hostName,
    boolean usesWatchdog,
    int descriptorLimit,
    IntSupplier clientDescriptors,
    Clock clock,
    Lockspaces lockspaces,
    Clients clients,
    Resources resources,
    Supervisor supervisor,
    StopCounts requestStops,
    RequestCounts answers,
    DurationHistogram turns,
    Supplier<HelperFacts> helper,
    Supplier<WorkerFacts> requestWorkers,
    Supplier<WorkerFacts> backgroundWorkers,
    Supplier<DiskFacts> disks) {

  /**
   * What the disks have done.
   *
   * @param timeouts I/Os that did not end within their time limit
   * @param late those that have not ended yet
   */
  public record DiskFacts(long timeouts, int late) {}
}
