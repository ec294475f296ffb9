package io.sanlockd.it;

import io.sanlockd.client.DaemonConnection;
import io.sanlockd.client.Endpoint;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.Requests;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.TransportException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What clients do to a daemon all day, in quick succession. One thread. */
final class SoakChurn {
  private static final int LEASES = 3;

  /** Lines of STATUS that are always there: helper, listener and who asks. */
  private static final long OWN_CLIENTS = 3;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Refusals that come from another client's use of the lease. */
  private static final Set<Integer> REFUSALS = Set.of(-11, -16, -17, -243);

  /** What is counted. */
  enum Deed {
    ACQUIRE,
    CONVERT,
    RELEASE,
    DEATH,
    CONNECTION,
    PROCESS_DEATH,
    JOIN,
    HELPER_RESTART
  }

  private final Storage storage;
  private final Daemon daemon;
  private final Random random;
  private final Endpoint endpoint;
  private final Map<Deed, Integer> counts = new EnumMap<>(Deed.class);

  /**
   * Formats and joins.
   *
   * @param storage with {@value #AREAS} areas
   */
  SoakChurn(Storage storage, Daemon daemon, long seed) throws Exception {
    this.storage = storage;
    this.daemon = daemon;
    this.random = new Random(seed);
    this.endpoint =
        new Endpoint(daemon.socket().toString(), 0).withReadTimeout(150, TimeUnit.SECONDS);
    Cli cli = daemon.cli();
    Joining.init(cli, storage, "-s", storage.lockspace(Cluster.LOCKSPACE, 0));
    for (int i = 0; i < LEASES; i++) {
      Joining.init(cli, storage, "-r", storage.resource(Cluster.LOCKSPACE, name(i), 1 + i));
    }
    Joining.init(cli, storage, "-s", other(0));
    // The clients are threads of this process, and the daemon stops who uses a lost lockspace: its
    // lease must outlast whatever a busy machine does.
    Joining.join(cli, storage.lockspace(Cluster.LOCKSPACE, 1), 10);
  }

  static final int AREAS = LEASES + 2;

  /** A second lockspace, behind the leases, that is only joined and left. */
  private String other(int hostId) {
    return "other:" + hostId + ":" + storage.path() + ":" + (1L + LEASES) * Storage.AREA;
  }

  private static String name(int lease) {
    return "r" + lease;
  }

  private Resource lease(int number) {
    return Resource.on(
        LeaseName.of(Cluster.LOCKSPACE),
        LeaseName.of(name(number)),
        List.of(new Disk(storage.path().toString(), (1L + number) * Storage.AREA)));
  }

  private void count(Deed deed) {
    counts.merge(deed, 1, Integer::sum);
  }

  /** How often each thing was done. */
  Map<Deed, Integer> counts() {
    return counts;
  }

  /** The frequent things, for a time, with pauses so that the machine has other work done. */
  void play(Duration time, Duration pause) throws Exception {
    long endNanos = System.nanoTime() + time.toNanos();
    do {
      useLease();
      rudeConnection();
      Thread.sleep(pause.toMillis());
    } while (System.nanoTime() - endNanos < 0);
  }

  private void useLease() throws Exception {
    Resource wanted = lease(random.nextInt(LEASES));
    boolean shared = random.nextBoolean();
    try (DaemonConnection connection = DaemonConnection.open(endpoint)) {
      RegisteredClient client = RegisteredClient.register(connection);
      if (random.nextInt(4) == 0) {
        int unused =
            connection.send(
                Requests.acquire(MessageHeader.THIS_CONNECTION, 0, List.of(wanted), Options.NONE));
        count(Deed.DEATH);
        return;
      }
      if (!granted(() -> client.acquire(List.of(mode(wanted, shared)), Options.NONE))) {
        return;
      }
      count(Deed.ACQUIRE);
      if (random.nextBoolean() && granted(() -> client.convert(mode(wanted, !shared)))) {
        count(Deed.CONVERT);
      }
      if (random.nextInt(4) > 0) {
        client.release(List.of(wanted));
        count(Deed.RELEASE);
      }
    }
  }

  private static Resource mode(Resource resource, boolean shared) {
    return resource.withFlags(shared ? ResourceFlags.SHARED : 0);
  }

  /** A request that may be refused because somebody else has the lease. */
  @FunctionalInterface
  private interface Wish {
    void ask() throws SanlockException;
  }

  private static boolean granted(Wish wish) throws SanlockException {
    try {
      wish.ask();
      return true;
    } catch (SanlockException e) {
      if (!REFUSALS.contains(e.number())) {
        throw e;
      }
      return false;
    }
  }

  /** Connects, says a part of something or asks for a long answer, and is gone. */
  private void rudeConnection() throws IOException, TransportException {
    count(Deed.CONNECTION);
    if (random.nextBoolean()) {
      try (DaemonConnection connection = DaemonConnection.open(endpoint)) {
        int unused = connection.send(Requests.status(0));
      }
      return;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
      channel.write(ByteBuffer.allocate(random.nextInt(64)));
    }
  }

  /** The things that cost a process or seconds: each once. */
  void rareThings() throws Exception {
    processDies();
    helperIsReplaced();
    lockspaceComesAndGoes();
  }

  private void processDies() throws Exception {
    List<String> command =
        new ArrayList<>(
            daemon
                .cli()
                .command(
                    "client",
                    "command",
                    "-r",
                    storage.resource(Cluster.LOCKSPACE, name(0), 1),
                    "-c",
                    "/bin/sleep",
                    "600"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(daemon.cli().environment());
    Process process = builder.start();
    try {
      Await.value(
          "the process holds its lease",
          LIMIT,
          () -> daemon.cli().client("status").succeeded().out(),
          status -> status.contains("\np " + process.pid() + " ") && status.contains("\nr "),
          daemon::logTail);
    } finally {
      Command.kill9(process);
    }
    count(Deed.PROCESS_DEATH);
  }

  private void helperIsReplaced() throws Exception {
    long first = daemon.statusNumber("daemon ", "helper_pid");
    Command.run(List.of("/bin/kill", "-KILL", Long.toString(first)), Map.of(), LIMIT).succeeded();
    Await.value(
        "another helper runs",
        LIMIT,
        () -> daemon.statusNumber("daemon ", "helper_pid"),
        pid -> pid > 0 && pid != first,
        daemon::logTail);
    count(Deed.HELPER_RESTART);
  }

  private void lockspaceComesAndGoes() throws Exception {
    String other = other(1);
    Joining.join(daemon.cli(), other);
    Command.Result left = daemon.cli().client("rem_lockspace", "-s", other);
    if (left.done() != 0) {
      throw new IllegalStateException(left.toString());
    }
    count(Deed.JOIN);
  }

  /** Waits until nothing is going on any more. */
  void rest() throws Exception {
    Await.value(
        "every lease is free and every connection closed",
        LIMIT,
        () -> daemon.cli().client("status", "-D").succeeded().out(),
        status ->
            !status.contains("\nr ")
                && status.lines().filter(line -> line.startsWith("p ")).count() <= OWN_CLIENTS,
        daemon::logTail);
  }
}
