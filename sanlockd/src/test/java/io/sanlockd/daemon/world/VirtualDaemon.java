package io.sanlockd.daemon.world;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.command.Commands;
import io.sanlockd.daemon.command.Dispatcher;
import io.sanlockd.daemon.command.Shutdown;
import io.sanlockd.daemon.command.UseRecord;
import io.sanlockd.daemon.lockspace.LockspaceSettings;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.lockspace.RequestSizes;
import io.sanlockd.daemon.log.LogText;
import io.sanlockd.daemon.recovery.DirectSignals;
import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/** All rooms of one daemon, wired as in production but without sockets and real time. */
public final class VirtualDaemon {
  /** Grace time of processes in seconds. */
  public static final int GRACE_SECONDS = 4;

  private static final int FIRE_TIMEOUT = 60;
  private static final int SHARED_RETRIES = 8;
  private static final int FIRST_SLOT = 2;

  private final FakeHelper helper = new FakeHelper();
  private final List<String> killPrograms = new ArrayList<>();
  private final World world;
  private final MemoryLog log = new MemoryLog();
  private final FakeProcesses processes = new FakeProcesses();
  private final VirtualWorkers workers;
  private final VirtualRenewals renewals;
  private final Lockspaces lockspaces;
  private final Resources resources;
  private final Clients clients = new Clients();
  private final Supervisor supervisor;
  private final Shutdown shutdown;
  private final Dispatcher dispatcher;
  private boolean ended;

  VirtualDaemon(World world, String hostName, Watchdog watchdog, Rejoin rejoin) {
    this.world = world;
    VirtualTime time = world.time();
    DiskOpener opener = world.disks().opener();
    this.workers = new VirtualWorkers(time);
    this.renewals = new VirtualRenewals(time);
    this.lockspaces =
        new Lockspaces(
            new LockspaceSettings(LeaseName.of(hostName), 10, -1, 0, 180, 1),
            FIRE_TIMEOUT,
            opener,
            world.disks()::identity,
            RequestSizes.NONE,
            watchdog,
            rejoin,
            time,
            time::execute,
            renewals,
            log::prefixed);
    this.resources =
        new Resources(workers, opener, time, bound -> bound / 2, SHARED_RETRIES, log::prefixed);
    this.supervisor =
        new Supervisor(
            lockspaces,
            clients,
            resources,
            new DirectSignals(helper),
            this::runKillProgram,
            time,
            GRACE_SECONDS,
            log::prefixed);
    LeaseRequests requests =
        new LeaseRequests(
            resources, new DirectSignals(helper), this::runKillProgram, log::prefixed);
    lockspaces.onRequest(requests::examine);
    this.shutdown = new Shutdown(lockspaces, workers, time, log.prefixed(""));
    this.dispatcher =
        Commands.dispatcher(
            clients,
            lockspaces,
            resources,
            supervisor,
            requests,
            shutdown,
            workers,
            opener,
            processes,
            UseRecord.NONE,
            time,
            new DaemonFacts(
                LeaseName.of(hostName),
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
                40),
            () -> HelperFacts.NONE,
            () -> new LogText(0, Collections.emptyIterator()),
            3,
            60 * Clock.SECOND_NANOS,
            log.prefixed(""));
    duty();
  }

  private int runKillProgram(String path, String arguments, int pid) {
    killPrograms.add(path + " " + arguments + " " + pid);
    return 0;
  }

  /** The kill programs started so far, as path, arguments and pid. */
  public List<String> killPrograms() {
    return killPrograms;
  }

  private void duty() {
    if (!ended) {
      int nextMillis = supervisor.pass();
      if (shutdown.due()) {
        shutdown.answerWaiters();
        ended = true;
      }
      world.time().later(nextMillis * 1_000_000L, this::duty);
    }
  }

  /** A client that a process opens. */
  public VirtualClient client(int pid) {
    TreeSet<Integer> used = new TreeSet<>();
    clients.all().forEach(client -> used.add(client.slot()));
    int slot = FIRST_SLOT;
    while (used.contains(slot)) {
      slot++;
    }
    return new VirtualClient(this, new FakeConnection(dispatcher, slot, pid));
  }

  /** A client of a process that nobody cares about. */
  public VirtualClient client() {
    return client(1);
  }

  /** A client whose process has registered. */
  public VirtualClient registered(int pid) {
    VirtualClient client = client(pid);
    client.register();
    return client;
  }

  /** Joins LS on the standard disk and waits until that is done. */
  public VirtualDaemon join(long hostId, int ioTimeout) {
    VirtualClient client = client();
    client.add("LS", hostId, World.DISK, 0, ioTimeout);
    world.time().advance(4 * ioTimeout + 2);
    int result = client.lastResult();
    if (result != 0) {
      throw new IllegalStateException("join failed: " + result + " " + log.lines());
    }
    client.disconnect();
    return this;
  }

  /** Its helper process; there is none at first. */
  public FakeHelper helper() {
    return helper;
  }

  /** Where everything happens. */
  public World world() {
    return world;
  }

  /** Its log. */
  public MemoryLog log() {
    return log;
  }

  /** The processes of its host. */
  public FakeProcesses processes() {
    return processes;
  }

  /** Its workers. */
  public VirtualWorkers workers() {
    return workers;
  }

  /** Its renewal threads. */
  public VirtualRenewals renewals() {
    return renewals;
  }

  /** Its lockspaces. */
  public Lockspaces lockspaces() {
    return lockspaces;
  }

  /** Its resources. */
  public Resources resources() {
    return resources;
  }

  /** Its supervision. */
  public Supervisor supervisor() {
    return supervisor;
  }

  /** Its connections. */
  public Clients clients() {
    return clients;
  }

  /** A termination signal. */
  public void terminate() {
    shutdown.request(false);
  }

  /** Whether its main loop has ended. */
  public boolean ended() {
    return ended;
  }
}
