package io.sanlockd.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.DaemonConnection;
import io.sanlockd.client.Endpoint;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.Reply;
import io.sanlockd.client.Requests;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.TransportException;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.FileIdentity;
import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.lockspace.RenewalThreads;
import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.RunningLoop;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.work.ThreadWorkers;
import io.sanlockd.daemon.world.FakeHelper;
import io.sanlockd.daemon.world.FakeProcesses;
import io.sanlockd.daemon.world.Rooms;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of one daemon, with real threads, sockets and direct I/O, take leases, give them back, or
 * are gone at any moment of their command. A lease has one exclusive user, and in the end all are
 * free: none stays with a client that is gone.
 */
class LeaseHandOverTest {
  private static final int CLIENTS = 8;
  private static final int LEASES = 3;
  private static final int MIB = 1 << 20;

  /** The lockspace outlasts a machine that is busy for half a minute. */
  private static final int IO_TIMEOUT = 5;

  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PLENTY_SECONDS = 180;

  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /** Exclusive users count 1000, shared ones 1. */
  private final AtomicIntegerArray users = new AtomicIntegerArray(LEASES);

  private final CompletableFuture<Rooms> rooms = new CompletableFuture<>();

  @TempDir private Path directory;

  @Test
  void aLeaseHasOneUserAndStaysWithNobodyWhoIsGone() throws Exception {
    Path disk = directory.resolve("disk");
    format(disk);
    try (RunningLoop running = new RunningLoop(directory, Limits.standard())) {
      Path socket = running.path();
      running.start(
          (loop, listenerFd) -> {
            loop.listen(listenerFd, PayloadFraming::required, daemon(loop).dispatcher());
            loop.run(() -> rooms.join().supervisor().pass());
          });
      join(running.loop(), disk);
      Crowd.play(CLIENTS, (number, random) -> round(socket, disk, random));
      for (int i = 0; i < LEASES; i++) {
        takeInTheEnd(socket, lease(disk, i));
      }
      assertThat(running.errors()).isEmpty();
    }
    assertThat(faults).isEmpty();
  }

  private static void format(Path disk) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength((LEASES + 1L) * MIB);
    }
    try (LeaseDisk opened = new DirectDisks(LeaseLog.NONE).open(disk.toString())) {
      new LockspaceArea(opened, 0).initialize(Geometry.S512_A1M, SPACE, IO_TIMEOUT, LIMIT_NANOS);
      for (int i = 0; i < LEASES; i++) {
        new ResourceArea(opened, (i + 1L) * MIB)
            .initialize(Geometry.S512_A1M, SPACE, LeaseName.of("r" + i), 0, LIMIT_NANOS);
      }
    }
  }

  private Rooms daemon(EventLoop loop) {
    DirectDisks disks = new DirectDisks(LeaseLog.NONE);
    Rooms daemon =
        Rooms.open(
            new Rooms.Seams(
                "host",
                40,
                disks,
                new FileIdentity(),
                new ThreadWorkers(
                    4, 4096, loop::execute, failure -> faults.add("a worker failed: " + failure)),
                new RenewalThreads(() -> {}, failure -> faults.add("renewal: " + failure)),
                loop::execute,
                MonotonicClock::nanos,
                bound -> ThreadLocalRandom.current().nextLong(bound),
                Watchdog.NONE,
                Rejoin.NEVER,
                new FakeProcesses(),
                new FakeHelper(),
                (path, arguments, pid) -> -1,
                prefix -> LeaseLog.NONE,
                DaemonEvents.NONE));
    rooms.complete(daemon);
    return daemon;
  }

  private void join(EventLoop loop, Path disk) throws Exception {
    CompletableFuture<Integer> joined = new CompletableFuture<>();
    loop.execute(
        () -> {
          int refused =
              rooms
                  .join()
                  .lockspaces()
                  .add(
                      new LockspaceSpec(SPACE, 1, disk.toString(), 0),
                      IO_TIMEOUT,
                      joined::complete);
          if (refused < 0) {
            joined.complete(refused);
          }
        });
    assertThat(joined.get(PLENTY_SECONDS, TimeUnit.SECONDS)).isZero();
  }

  private static Resource lease(Path disk, int number) {
    return Resource.on(
        SPACE, LeaseName.of("r" + number), List.of(new Disk(disk.toString(), (number + 1L) * MIB)));
  }

  private static DaemonConnection open(Path socket) throws TransportException {
    return DaemonConnection.open(
        new Endpoint(socket.toString(), TimeUnit.SECONDS.toNanos(PLENTY_SECONDS)));
  }

  private void round(Path socket, Path disk, SplittableRandom random) throws Exception {
    int number = random.nextInt(LEASES);
    boolean shared = random.nextInt(3) == 0;
    Resource wanted = lease(disk, number).withFlags(shared ? ResourceFlags.SHARED : 0);
    try (DaemonConnection connection = open(socket)) {
      if (random.nextInt(3) == 0) {
        acquireForSomebodyElse(connection, wanted);
        return;
      }
      RegisteredClient client = RegisteredClient.register(connection);
      if (random.nextInt(3) == 0) {
        // Gone while its command is somewhere on its way.
        int unused =
            connection.send(
                Requests.acquire(
                    MessageHeader.THIS_CONNECTION,
                    CommandFlags.OWNER_NOWAIT,
                    List.of(wanted),
                    Options.NONE));
        LockSupport.parkNanos(random.nextInt(3_000_000));
        return;
      }
      try {
        client.acquire(List.of(wanted), Options.NONE);
      } catch (SanlockException e) {
        refused(e);
        return;
      }
      use(number, shared);
      if (random.nextBoolean()) {
        release(client, wanted);
      }
    }
  }

  /** For one of the clients of this process, which may be gone before the lease is there. */
  private static void acquireForSomebodyElse(DaemonConnection connection, Resource wanted) {
    int whoever = (int) ProcessHandle.current().pid();
    Reply unused =
        connection.exchange(
            Requests.acquire(whoever, CommandFlags.OWNER_NOWAIT, List.of(wanted), Options.NONE));
  }

  private void release(RegisteredClient client, Resource held) throws SanlockException {
    try {
      client.release(List.of(held));
    } catch (SanlockException e) {
      // Somebody acquires for this client right now: the end of its connection releases, too.
      refused(e);
    }
  }

  private void refused(SanlockException e) {
    List<Integer> expected =
        List.of(ResultCode.EAGAIN.number(), ResultCode.EBUSY.number(), ResultCode.EEXIST.number());
    if (!expected.contains(e.number())) {
      faults.add("refused with " + e.number());
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // others get the chance to be here as well
  private void use(int number, boolean shared) {
    int mine = shared ? 1 : 1000;
    int all = users.addAndGet(number, mine);
    if (all != mine && (!shared || all >= 1000)) {
      faults.add("r" + number + " has users " + all);
    }
    Thread.yield();
    users.addAndGet(number, -mine);
  }

  /** Everybody is gone: it must be had again before long. */
  private static void takeInTheEnd(Path socket, Resource lease) throws Exception {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PLENTY_SECONDS);
    try (DaemonConnection connection = open(socket)) {
      RegisteredClient client = RegisteredClient.register(connection);
      while (true) {
        try {
          client.acquire(List.of(lease), Options.NONE);
          return;
        } catch (SanlockException e) {
          assertThat(System.nanoTime()).as(lease + ": " + e.getMessage()).isLessThan(endNanos);
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
    }
  }
}
