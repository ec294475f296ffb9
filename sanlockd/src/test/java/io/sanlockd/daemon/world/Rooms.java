package io.sanlockd.daemon.world;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.client.ProcessTable;
import io.sanlockd.daemon.command.Commands;
import io.sanlockd.daemon.command.Dispatcher;
import io.sanlockd.daemon.command.Shutdown;
import io.sanlockd.daemon.command.UseRecord;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.LockspaceSettings;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.lockspace.RenewalRuntime;
import io.sanlockd.daemon.lockspace.RequestSizes;
import io.sanlockd.daemon.lockspace.StorageIdentity;
import io.sanlockd.daemon.log.LogText;
import io.sanlockd.daemon.recovery.DirectSignals;
import io.sanlockd.daemon.recovery.KillPrograms;
import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.work.MainLoop;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.model.LeaseName;
import java.util.Collections;
import java.util.function.Function;

/**
 * All rooms of one daemon, wired as in production, over the seams of a virtual world.
 *
 * @param lockspaces its lockspaces
 * @param resources its leases
 * @param clients its connections
 * @param supervisor its supervision
 * @param requests what other hosts ask of its holders
 * @param shutdown how it ends
 * @param dispatcher what its connections talk to
 */
public record Rooms(
    Lockspaces lockspaces,
    Resources resources,
    Clients clients,
    Supervisor supervisor,
    LeaseRequests requests,
    Shutdown shutdown,
    Dispatcher dispatcher) {
  private static final int FIRE_TIMEOUT = 60;
  private static final int SHARED_RETRIES = 8;

  /**
   * What the world provides.
   *
   * @param hostName name of the host
   * @param graceSeconds grace time of processes
   * @param opener opens disks
   * @param identity tells them apart
   * @param workers where disk work of requests runs
   * @param renewals where renewal threads run
   * @param mainLoop the main loop
   * @param clock the host's clock
   * @param randomness backoff delays
   * @param watchdog the host's watchdog
   * @param rejoin what is known of former daemons
   * @param processes the host's processes
   * @param helper the helper process
   * @param killPrograms starts programs
   * @param logs gives a log whose lines carry a prefix
   * @param events hears what happens
   */
  public record Seams(
      String hostName,
      int graceSeconds,
      DiskOpener opener,
      StorageIdentity identity,
      Workers workers,
      RenewalRuntime renewals,
      MainLoop mainLoop,
      Clock clock,
      Randomness randomness,
      Watchdog watchdog,
      Rejoin rejoin,
      ProcessTable processes,
      FakeHelper helper,
      KillPrograms killPrograms,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {}

  /** A daemon that has just started. */
  public static Rooms open(Seams seams) {
    Clock clock = seams.clock();
    Function<String, LeaseLog> logs = seams.logs();
    LeaseName hostName = LeaseName.of(seams.hostName());
    Clients clients = new Clients();
    Lockspaces lockspaces =
        new Lockspaces(
            new LockspaceSettings(hostName, 10, -1, 0, 180),
            FIRE_TIMEOUT,
            seams.opener(),
            seams.identity(),
            RequestSizes.NONE,
            seams.watchdog(),
            seams.rejoin(),
            clock,
            seams.mainLoop(),
            seams.renewals(),
            logs,
            seams.events());
    Resources resources =
        new Resources(
            seams.workers(),
            seams.opener(),
            clock,
            seams.randomness(),
            SHARED_RETRIES,
            logs,
            seams.events());
    DirectSignals signals = new DirectSignals(seams.helper());
    Supervisor supervisor =
        new Supervisor(
            lockspaces,
            clients,
            resources,
            signals,
            seams.killPrograms(),
            clock,
            seams.graceSeconds(),
            logs,
            seams.events());
    LeaseRequests requests =
        new LeaseRequests(resources, signals, seams.killPrograms(), logs, seams.events());
    lockspaces.onRequest(requests::examine);
    Shutdown shutdown = new Shutdown(lockspaces, seams.workers(), clock, logs.apply(""));
    Dispatcher dispatcher =
        Commands.dispatcher(
            clients,
            lockspaces,
            resources,
            supervisor,
            requests,
            shutdown,
            seams.workers(),
            seams.opener(),
            seams.processes(),
            UseRecord.NONE,
            clock,
            facts(hostName),
            () -> HelperFacts.NONE,
            () -> new LogText(0, Collections.emptyIterator()),
            3,
            60 * Clock.SECOND_NANOS,
            logs.apply(""));
    return new Rooms(lockspaces, resources, clients, supervisor, requests, shutdown, dispatcher);
  }

  private static DaemonFacts facts(LeaseName hostName) {
    return new DaemonFacts(
        hostName,
        0,
        0,
        1,
        1,
        0,
        0,
        0xfffffffffe06ffffL,
        180,
        0,
        0,
        8,
        MaxSectors.STANDARD,
        8,
        60,
        1,
        40);
  }
}
