package io.sanlockd.it;

import static io.sanlockd.it.Consumers.DEAD_SECONDS;
import static io.sanlockd.it.Consumers.LS;
import static io.sanlockd.it.Consumers.SOON;
import static io.sanlockd.it.LibraryClient.OWNER_NOWAIT;
import static io.sanlockd.it.LibraryClient.SHARED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.sanlockd.it.LibraryClient.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What consumers see when a host or its daemon dies (consumers.md 13), two hosts on one file. */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerFailureIT {
  private static final int LIVE = 3;
  private static final int RENEWAL_SECONDS = 2 * Consumers.IO_TIMEOUT + 2;

  /** Between the moment a host counts as dead and the success of an acquire. */
  private static final int LATE_SECONDS = 20;

  private static final Duration TAKEOVER =
      Duration.ofSeconds(DEAD_SECONDS + RENEWAL_SECONDS + LATE_SECONDS);

  @RegisterExtension final Scene scene = new Scene();

  /** Two hosts, each with a registered consumer, that know each other. */
  private final class Hosts {
    final Storage storage;
    final Daemon a;
    final Daemon b;
    final LibraryClient onA;
    final LibraryClient onB;

    Hosts(Peers peers) throws Exception {
      storage = scene.storage(Storage.Kind.FILE, 8);
      a = scene.daemon(peers.a(), "hostA");
      b = scene.daemon(peers.b(), "hostB");
      onA = scene.library(a);
      onB = scene.library(b);
      assertThat(onA.writeLockspace(LS, storage.path(), 0)).isZero();
      CompletableFuture<JsonElement> joining =
          onA.begin("add", LibraryClient.array(LS, 1, path(), 0, 0), 0, Consumers.IO_TIMEOUT);
      assertThat(onB.add(LS, 2, storage.path(), 0)).isZero();
      assertThat(joining.get(1, TimeUnit.MINUTES).getAsInt()).isZero();
      Consumers.awaitHost(onA, 2, LIVE);
      Consumers.awaitHost(onB, 1, LIVE);
      onA.register();
      onB.register();
    }

    String path() {
      return storage.path().toString();
    }

    LibraryClient anotherOnB() throws Exception {
      LibraryClient client = scene.library(b);
      client.register();
      return client;
    }
  }

  private static double nowSeconds() {
    return System.nanoTime() / 1e9;
  }

  private static Peers own() {
    return new Peers(Peers.tested(), Peers.tested());
  }

  /** C51: also with hosts of both kinds. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void c08SecondGuestOnAnotherHost(Peers peers) throws Exception {
    Hosts hosts = new Hosts(peers);
    Lease lease = Consumers.lease(hosts.onA, hosts.storage, "r1", 1);
    assertThat(hosts.onA.acquire(0, lease)).isZero();
    assertThat(hosts.onB.acquire(0, lease)).isEqualTo(-243);
    assertThat(hosts.onB.acquire(OWNER_NOWAIT, lease)).isEqualTo(-243);
    assertThat(dump(hosts.a, hosts)).isEqualTo(dump(hosts.b, hosts));
  }

  private static String dump(Daemon daemon, Hosts hosts) throws Exception {
    return daemon
        .cli()
        .run("direct", "dump", hosts.path() + ":" + Storage.AREA + ":" + Storage.AREA)
        .succeeded()
        .out();
  }

  /** C51, C18 with hosts of both kinds. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void c51SharedOnTwoHosts(Peers peers) throws Exception {
    Hosts hosts = new Hosts(peers);
    Lease lease = Consumers.lease(hosts.onA, hosts.storage, "r2", 1);
    Lease shared = lease.with(SHARED);
    assertThat(hosts.onA.acquire(OWNER_NOWAIT, shared)).isZero();
    assertThat(hosts.onB.acquire(OWNER_NOWAIT, shared)).isZero();
    assertThat(dump(hosts.a, hosts)).isEqualTo(dump(hosts.b, hosts));
    assertThat(hosts.onB.call("convert", OWNER_NOWAIT, lease)).isEqualTo(-11);
    assertThat(hosts.onB.release(shared)).isZero();
    assertThat(hosts.onB.acquire(OWNER_NOWAIT, lease)).isEqualTo(-11);
    assertThat(hosts.onA.release(shared)).isZero();
    assertThat(hosts.onB.acquire(OWNER_NOWAIT, lease)).isZero();
    assertThat(hosts.onA.acquire(OWNER_NOWAIT, shared)).isEqualTo(-243);
  }

  /** C51: also with hosts of both kinds. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void c27CrashAndTakeover(Peers peers) throws Exception {
    Hosts hosts = new Hosts(peers);
    Lease exclusive = Consumers.lease(hosts.onA, hosts.storage, "r1", 1);
    Lease shared = Consumers.lease(hosts.onA, hosts.storage, "r4", 4);
    assertThat(hosts.onA.acquire(0, exclusive)).isZero();
    assertThat(hosts.onA.acquire(0, shared.with(SHARED))).isZero();
    final double killed = nowSeconds();
    hosts.a.kill9();
    assertThat(hosts.onA.acquire(0, exclusive)).isIn(-32, -104);

    List<Integer> exclusiveResults = new ArrayList<>();
    List<Integer> sharedResults = new ArrayList<>();
    Await.value(
        "the lease is taken over",
        TAKEOVER,
        () -> attempt(hosts.onB, exclusive, exclusiveResults),
        result -> result == 0,
        () -> exclusiveResults + "; " + hosts.b.logTail());
    assertThat(nowSeconds() - killed)
        .as("seconds since the kill")
        .isGreaterThanOrEqualTo(DEAD_SECONDS - RENEWAL_SECONDS);
    Await.value(
        "the shared lease is taken over",
        SOON,
        () -> attempt(hosts.onB, shared, sharedResults),
        result -> result == 0,
        () -> sharedResults + "; " + hosts.b.logTail());
    assertThat(exclusiveResults).startsWith(-243).isSubsetOf(-243, -247, 0);
    assertThat(exclusiveResults.lastIndexOf(-243))
        .as("in this order: %s", exclusiveResults)
        .isLessThan(exclusiveResults.indexOf(-247));
    assertThat(sharedResults).isSubsetOf(-11, 0);
    assertThat(hosts.onB.read(exclusive).get("lver").getAsLong()).isEqualTo(2);
  }

  /** One attempt without waiting, a second after the one before. */
  private static int attempt(LibraryClient client, Lease lease, List<Integer> results)
      throws Exception {
    if (!results.isEmpty()) {
      TimeUnit.SECONDS.sleep(1);
    }
    int result = client.acquire(OWNER_NOWAIT, lease);
    results.add(result);
    return result;
  }

  @Test
  void c16InquireDuringALongAcquireAndC28BlockingTakeover() throws Exception {
    Hosts hosts = new Hosts(own());
    Lease lease = Consumers.lease(hosts.onA, hosts.storage, "r1", 1);
    final Lease free = Consumers.lease(hosts.onA, hosts.storage, "r2", 2);
    final Lease shared = Consumers.lease(hosts.onA, hosts.storage, "r4", 4);
    assertThat(hosts.onA.acquire(0, lease)).isZero();
    assertThat(hosts.onA.acquire(0, shared.with(SHARED))).isZero();
    final double killed = nowSeconds();
    hosts.a.kill9();
    LibraryClient other = hosts.anotherOnB();
    awaitNotLive(other, lease);
    assertThat(other.acquire(OWNER_NOWAIT, shared)).as("held shared").isEqualTo(-11);

    CompletableFuture<JsonElement> blocking =
        hosts.onB.begin("acquire", 0, 0, List.of(lease), "guest");
    TimeUnit.SECONDS.sleep(2);
    assertThat(blocking).as("the owner is not certainly dead").isNotDone();
    int inquired = other.inquire(hosts.onB.pid()).get("result").getAsInt();
    assertThat(inquired).as("never -3").isIn(0, -16);
    assertThat(other.acquire(0, free)).as("other clients are served").isZero();
    String status = hosts.b.cli(Implementation.C).client("status").succeeded().out();
    assertThat(status).contains(free.text() + ":1 p " + other.pid());
    assertThat(blocking).isNotDone();

    assertThat(blocking.get(TAKEOVER.toSeconds(), TimeUnit.SECONDS).getAsInt()).isZero();
    assertThat(nowSeconds() - killed)
        .as("seconds since the kill")
        .isBetween((double) DEAD_SECONDS - RENEWAL_SECONDS, (double) TAKEOVER.toSeconds());
    assertThat(other.read(lease).get("lver").getAsLong()).isEqualTo(2);
  }

  private static void awaitNotLive(LibraryClient client, Lease lease) throws Exception {
    Await.until("-247", SOON, () -> client.acquire(OWNER_NOWAIT, lease) == -247);
  }

  @Test
  void c29CleanRestartOfTheCrashedHostUnderTheSameName() throws Exception {
    Hosts hosts = new Hosts(own());
    Lease lease = Consumers.lease(hosts.onA, hosts.storage, "r1", 1);
    assertThat(hosts.onA.acquire(0, lease)).isZero();
    hosts.a.kill9();
    hosts.onA.kill9();
    final double killed = nowSeconds();
    Daemon again = scene.daemon(Peers.tested(), "hostA");
    LibraryClient onA = scene.library(again);
    assertThat(onA.add(LS, 1, hosts.storage.path(), 0)).isZero();
    assertThat(nowSeconds() - killed).as("no long wait").isLessThan(Consumers.DEAD_SECONDS - 20);
    onA.register();
    assertThat(onA.acquire(0, lease)).as("its own former lease").isZero();
    assertThat(onA.release(lease)).isZero();
    Await.until(
        "B has seen the new generation",
        SOON,
        () -> {
          var host = hosts.onB.hosts(LS, 1, 0).getAsJsonArray("hosts").get(0).getAsJsonObject();
          return host.get("generation").getAsInt() == 2 && host.get("flags").getAsInt() == LIVE;
        });
    assertThat(hosts.onB.acquire(0, lease)).isZero();
  }

  /** C51: also with hosts of both kinds; the second of the peers is the intruder. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void c30SameHostIdOtherName(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 8);
    Daemon a = scene.daemon(peers.a(), "hostA");
    LibraryClient onA = scene.library(a);
    Consumers.join(onA, storage, 1);
    LibraryClient onC = scene.library(scene.daemon(peers.b(), "hostC"));
    final double start = nowSeconds();
    assertThat(onC.add(LS, 1, storage.path(), 0)).isEqualTo(-262);
    assertThat(nowSeconds() - start).isLessThan((double) TAKEOVER.toSeconds());
    assertThat(onA.inq(LS, 1, storage.path(), 0)).isZero();
    a.awaitRenewal(LS);
  }

  @Test
  void c30SameHostIdOtherNameAfterACrash() throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 8);
    Daemon a = scene.daemon(Peers.tested(), "hostA");
    Consumers.join(scene.library(a), storage, 1);
    a.kill9();
    final double killed = nowSeconds();
    LibraryClient onC = scene.library(scene.daemon(Peers.tested(), "hostC"));
    assertThat(onC.add(LS, 1, storage.path(), 0)).isZero();
    assertThat(nowSeconds() - killed)
        .isBetween((double) DEAD_SECONDS - RENEWAL_SECONDS, (double) TAKEOVER.toSeconds());
    Await.until(
        "its own host is listed with the next generation",
        SOON,
        () -> {
          var hosts = onC.hosts(LS, 1, 0).getAsJsonArray("hosts");
          return hosts.size() == 1
              && hosts.get(0).getAsJsonObject().get("generation").getAsInt() == 2;
        });
  }

  @Test
  void c11LiveMigration() throws Exception {
    Hosts hosts = new Hosts(own());
    final Lease lease = Consumers.lease(hosts.onA, hosts.storage, "r3", 3);
    LibraryClient libvirtA = scene.library(hosts.a);
    LibraryClient libvirtB = scene.library(hosts.b);
    final long source = hosts.onA.pid();
    final long destination = hosts.onB.pid();
    assertThat(hosts.onA.call("restrict", 1)).isZero();
    assertThat(hosts.onB.call("restrict", 1)).isZero();
    assertThat(libvirtA.acquireFor(source, 0, "guest", lease)).isZero();
    assertThat(libvirtA.state(source)).isEqualTo(lease.text() + ":1");
    assertThat(libvirtB.acquireFor(destination, 0, "guest", lease)).isEqualTo(-243);
    final double start = nowSeconds();
    assertThat(libvirtA.releaseFor(source, lease)).isZero();
    assertThat(libvirtB.acquireFor(destination, 0, "guest", lease)).isZero();
    System.out.println("hand-over in " + Math.round((nowSeconds() - start) * 1000) + " ms");
    assertThat(libvirtB.state(destination)).isEqualTo(lease.text() + ":2");
    assertThat(libvirtB.releaseFor(destination, lease)).isZero();
    assertThat(libvirtA.acquireFor(source, 0, "guest", lease)).isZero();
    assertThat(libvirtA.state(source)).isEqualTo(lease.text() + ":3");
  }

  @Test
  void c41GracefulAndForcedRequest() throws Exception {
    Hosts hosts = new Hosts(own());
    final Lease r1 = Consumers.lease(hosts.onA, hosts.storage, "r1", 1);
    final Lease r2 = Consumers.lease(hosts.onA, hosts.storage, "r2", 2);
    KillpathProbe probe = new KillpathProbe(scene.directory(), "");
    assertThat(hosts.onA.call("killpath", 0, probe.program().toString(), "a b\\ c")).isZero();
    assertThat(hosts.onA.acquire(0, r1)).isZero();
    LibraryClient second = scene.library(hosts.a);
    second.register();
    assertThat(second.acquire(0, r2)).isZero();

    assertThat(hosts.onB.call("request", 1, 2, r1)).isZero();
    assertThat(hosts.onB.call("request", 1, 1, r2)).isZero();
    assertThat(hosts.onB.call("request", 0, 1, r2.version(1))).as("too old").isEqualTo(-272);
    assertThat(second.awaitExit(SOON)).as("killed").isEqualTo(128 + 9);
    Await.until("the killpath ran", SOON, () -> !probe.runs().isEmpty());
    assertThat(hosts.onA.isAlive()).isTrue();
    assertThat(hosts.onA.state(0)).isEqualTo(r1.text() + ":1");
    Await.until("B gets r2", SOON, () -> hosts.onB.acquire(0, r2) == 0);
    assertThat(probe.runs()).containsExactly("a|b c|");
  }

  @Test
  void c42FenceSanlockHandOver() throws Exception {
    Hosts hosts = new Hosts(own());
    final Lease h1 = Consumers.lease(hosts.onA, hosts.storage, "h1", 1);
    assertThat(hosts.onA.call("killpath", 0, "true", "-1")).as("found through PATH").isZero();
    assertThat(hosts.onA.acquire(0, h1.with(LibraryClient.PERSISTENT))).isZero();
    Cli agent = hosts.b.cli(Implementation.C);
    String next = h1.text() + ":2";
    agent.client("request", "-r", next, "-f", "2").succeeded();
    Await.until("the killpath program has run", SOON, () -> hosts.a.log().contains("killpath"));
    assertThat(fence(hosts, agent, h1)).as("the victim lives").isEqualTo(1);
    hosts.a.kill9();
    hosts.onA.kill9();
    Await.until(
        "the fence agent succeeds",
        TAKEOVER,
        () -> {
          TimeUnit.SECONDS.sleep(2);
          return fence(hosts, agent, h1) == 0;
        });
    assertThat(agent.run("direct", "read_leader", "-r", h1.text()).succeeded().out())
        .contains("magic 0x6152010\n", "owner_id 2\n", "owner_generation 1\n", "lver 2\n");
  }

  private static int fence(Hosts hosts, Cli agent, Lease lease) throws Exception {
    String pid = Long.toString(hosts.onB.pid());
    return agent.client("acquire", "-r", lease.text(), "-p", pid).exit();
  }

  @Test
  void c43ResetEvents() throws Exception {
    Hosts hosts = new Hosts(own());
    final int reset = 1;
    final int resetting = 2;
    final int reboot = 4;
    assertThat(hosts.onA.call("reg_event", LS)).isPositive();
    assertThat(hosts.onB.call("reg_event", LS)).isPositive();
    assertThat(hosts.onB.call("set_event", LS, 1, 0, reset, 0)).isZero();
    assertThat(hosts.onB.call("set_event", LS, 1, 0, reboot, 0)).as("another").isEqualTo(-16);
    assertThat(hosts.onB.call("set_event", LS, 1, 0, reset, 8)).as("REPLACE").isZero();
    var event =
        Await.value(
            "A gets the event",
            SOON,
            () -> hosts.onA.ask("get_event", LS),
            answer -> answer.get("result").getAsInt() == 0,
            hosts.a::logTail);
    assertThat(event.get("bits").getAsInt()).isEqualTo(reset);
    assertThat(event.get("from_id").getAsInt()).isEqualTo(2);
    assertThat(event.get("from_generation").getAsInt()).isEqualTo(1);
    assertThat(hosts.onA.call("set_config", LS, 1)).as("USED").isZero();
    assertThat(hosts.onA.call("set_event", LS, 2, 1, resetting, 0x10)).isZero();
    Await.until(
        "B gets the answer",
        SOON,
        () -> hosts.onB.ask("get_event", LS).get("bits").getAsInt() == resetting);

    LibraryClient leaving = scene.library(hosts.a);
    CompletableFuture<JsonElement> removal =
        leaving.begin("rem", LibraryClient.array(LS, 1, hosts.path(), 0, 0), 0);
    TimeUnit.SECONDS.sleep(4);
    assertThat(removal).as("the lockspace is used").isNotDone();
    assertThat(scene.library(hosts.a).call("set_config", LS, 2)).as("UNUSED").isZero();
    assertThat(removal.get(1, TimeUnit.MINUTES).getAsInt()).isZero();
  }

  @Test
  void c45KillNineOfTheDaemon() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    Storage storage = scene.storage(Storage.Kind.FILE, 4);
    LibraryClient client = scene.library(daemon);
    Consumers.join(client, storage, 1);
    Lease lease = Consumers.lease(client, storage, "r1", 1);
    client.register();
    assertThat(client.acquire(0, lease)).isZero();
    final byte[] before = storage.read(Storage.AREA, Storage.AREA).array();
    daemon.kill9();
    assertThat(client.inquire(0).get("result").getAsInt()).isIn(-32, -104);
    assertThat(client.acquire(0, lease)).isEqualTo(-32);
    assertThat(client.release(lease)).isEqualTo(-32);
    assertThat(client.call("register")).isEqualTo(-111);
    assertThat(client.inq(LS, 1, storage.path(), 0)).isEqualTo(-111);
    assertThat(storage.read(Storage.AREA, Storage.AREA).array()).isEqualTo(before);
  }
}
