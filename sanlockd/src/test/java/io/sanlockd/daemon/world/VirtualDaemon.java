package io.sanlockd.daemon.world;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.loop.RequestHandler;
import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** All rooms of one daemon, wired as in production but without sockets and real time. */
public final class VirtualDaemon {
  /** Grace time of processes in seconds. */
  public static final int GRACE_SECONDS = 4;

  private static final int FIRST_SLOT = 2;

  private final FakeHelper helper = new FakeHelper();
  private final List<String> killPrograms = new ArrayList<>();
  private final World world;
  private final MemoryLog log = new MemoryLog();
  private final FakeProcesses processes = new FakeProcesses();
  private final VirtualWorkers workers;
  private final VirtualRenewals renewals;
  private final Rooms rooms;
  private boolean ended;

  VirtualDaemon(World world, String hostName, Watchdog watchdog, Rejoin rejoin) {
    this.world = world;
    VirtualTime time = world.time();
    this.workers = new VirtualWorkers(time);
    this.renewals = new VirtualRenewals(time);
    this.rooms =
        Rooms.open(
            new Rooms.Seams(
                hostName,
                GRACE_SECONDS,
                world.disks().opener(),
                world.disks()::identity,
                workers,
                renewals,
                time::execute,
                time,
                bound -> bound / 2,
                watchdog,
                rejoin,
                processes,
                helper,
                this::runKillProgram,
                log::prefixed));
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
      int nextMillis = rooms.supervisor().pass();
      if (rooms.shutdown().due()) {
        rooms.shutdown().answerWaiters();
        ended = true;
      }
      world.time().later(nextMillis * 1_000_000L, this::duty);
    }
  }

  /** What serves its connections, for a real event loop. */
  public RequestHandler handler() {
    return rooms.dispatcher();
  }

  /** A client that a process opens. */
  public VirtualClient client(int pid) {
    TreeSet<Integer> used = new TreeSet<>();
    rooms.clients().all().forEach(client -> used.add(client.slot()));
    int slot = FIRST_SLOT;
    while (used.contains(slot)) {
      slot++;
    }
    return new VirtualClient(this, new FakeConnection(rooms.dispatcher(), slot, pid));
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

  /** A client whose registered process holds leases. */
  public VirtualClient holder(int pid, Resource... leases) {
    VirtualClient client = registered(pid).acquire(0, leases);
    world.time().advance(0.1);
    if (client.lastResult() != 0) {
      throw new IllegalStateException("not acquired: " + client.lastResult() + " " + log.lines());
    }
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
    return rooms.lockspaces();
  }

  /** Its resources. */
  public Resources resources() {
    return rooms.resources();
  }

  /** Its supervision. */
  public Supervisor supervisor() {
    return rooms.supervisor();
  }

  /** What other hosts ask of its holders. */
  public LeaseRequests requests() {
    return rooms.requests();
  }

  /** Answers it gave. */
  public RequestCounts answers() {
    return rooms.dispatcher().counts();
  }

  /** Its connections. */
  public Clients clients() {
    return rooms.clients();
  }

  /** A termination signal. */
  public void terminate() {
    rooms.shutdown().request(false);
  }

  /** Whether its main loop has ended. */
  public boolean ended() {
    return ended;
  }
}
