package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.sanlockd.it.LibraryClient.Lease;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What two hosts do with one lease, whoever wrote their daemons; their processes use the C library.
 */
@Execution(ExecutionMode.CONCURRENT)
class FeatureMixIT {
  private static final int EAGAIN = -11;
  private static final int EUCLEAN = -117;
  private static final int WRONG_NAME = -227;
  private static final int WRONG_VERSION = -240;
  private static final int OWNED = -243;
  private static final int LOST = -244;
  private static final int TAKEN = -245;
  private static final int CONTENTION = -246;

  /** Flags of a resource. */
  private static final int LVER = 0x1;

  private static final int NUM_HOSTS = 0x2;

  /** Flags of a release. */
  private static final int RENAME = 0x2;

  private static final int ORPHANS = 0x4;

  /** Modes of a request. */
  private static final int FORCE = 1;

  private static final int GRACEFUL = 2;
  private static final int NEXT_VERSION = 1;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration REPEAT = Duration.ofSeconds(2);
  private static final int LEADER_NUM_HOSTS_AT = 16;

  @RegisterExtension final Scene scene = new Scene();

  private Cluster cluster;
  private LibraryClient a;
  private LibraryClient b;
  private Lease lease;

  static List<Peers> peers() {
    return Peers.all().toList();
  }

  private void form(Peers peers) throws Exception {
    cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    a = registered(cluster.a);
    b = registered(cluster.b);
    lease = Lease.at(cluster.storage, Cluster.LOCKSPACE, "r1", 1);
  }

  private LibraryClient registered(Daemon daemon) throws Exception {
    LibraryClient client = scene.library(daemon);
    client.register();
    return client;
  }

  @ParameterizedTest
  @MethodSource("peers")
  void bothShareAndConvertWhenAlone(Peers peers) throws Exception {
    form(peers);
    Lease shared = lease.with(LibraryClient.SHARED);
    for (LibraryClient first : List.of(a, b)) {
      LibraryClient second = first == a ? b : a;
      assertThat(first.acquire(0, shared)).isZero();
      assertThat(second.acquire(0, shared)).isZero();
      assertThat(first.call("convert", 0, lease)).as("beside the other").isEqualTo(EAGAIN);
      assertThat(second.release(lease)).isZero();
      awaitConverted(first);
      assertThat(second.acquire(0, shared)).as("beside an owner").isEqualTo(OWNED);
      assertThat(second.acquire(0, lease)).as("beside an owner").isEqualTo(OWNED);
      assertThat(first.call("convert", 0, shared)).isZero();
      assertThat(second.acquire(0, shared)).as("beside a sharer").isZero();
      assertThat(second.call("convert", 0, lease)).as("beside the first").isEqualTo(EAGAIN);
      assertThat(first.release(lease)).isZero();
      assertThat(second.release(lease)).isZero();
    }
  }

  private void awaitConverted(LibraryClient client) throws Exception {
    Await.value(
        "the only sharer owns the lease",
        SOON,
        () -> client.call("convert", 0, lease),
        result -> result == 0,
        cluster.a::logTail);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void simultaneousJoinsSucceed(Peers peers) throws Exception {
    form(peers);
    Lease shared = lease.with(LibraryClient.SHARED);
    for (int round = 0; round < 5; round++) {
      CompletableFuture<JsonElement> joining = a.begin("acquire", 0, 0, List.of(shared), "");
      int second = b.acquire(0, shared);
      int first = joining.join().getAsInt();
      assertJoined(cluster.a, first);
      assertJoined(cluster.b, second);
      if (first == 0) {
        assertThat(a.release(lease)).isZero();
      }
      if (second == 0) {
        assertThat(b.release(lease)).isZero();
      }
    }
  }

  /** The C daemon gives up beside another joining host; ours does not. */
  private static void assertJoined(Daemon daemon, int result) {
    if (daemon.implementation() == Implementation.JAVA) {
      assertThat(result).as("%s", daemon).isZero();
    } else {
      assertThat(result).as("%s", daemon).isIn(0, CONTENTION, OWNED, LOST, TAKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aValueBlockGoesFromHostToHost(Peers peers) throws Exception {
    form(peers);
    assertThat(a.acquire(LibraryClient.LVB, lease)).isZero();
    assertThat(a.call("set_lvb", lease, hex("from a"))).isZero();
    assertThat(a.release(lease)).isZero();
    assertThat(b.acquire(LibraryClient.LVB, lease)).isZero();
    assertThat(value(b)).isEqualTo(hex("from a"));
    assertThat(b.call("set_lvb", lease, hex("from b"))).isZero();
    // The conversion writes it, for the sharers to read.
    assertThat(b.call("convert", 0, lease.with(LibraryClient.SHARED))).isZero();
    assertThat(a.acquire(LibraryClient.LVB, lease.with(LibraryClient.SHARED))).isZero();
    assertThat(value(a)).isEqualTo(hex("from b"));
    assertThat(b.release(lease)).isZero();
    assertThat(a.release(lease)).isZero();
  }

  private String value(LibraryClient client) throws Exception {
    var answer = client.ask("get_lvb", lease, 6);
    assertThat(answer.get("result").getAsInt()).isZero();
    return answer.get("lvb").getAsString();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aRequestStopsTheHolderOnTheOtherHost(Peers peers) throws Exception {
    form(peers);
    for (Daemon holding : List.of(cluster.a, cluster.b)) {
      LibraryClient other = holding == cluster.a ? b : a;
      Path notes = scene.directory().resolve("graceful-" + holding.implementation());
      Path program = Victim.killpathProgram(scene.directory(), notes);
      LibraryClient holder = registered(holding);
      assertThat(holder.call("killpath", 0, program.toString(), "please")).isZero();
      assertThat(holder.acquire(0, lease)).isZero();
      assertThat(other.acquire(0, lease)).isEqualTo(OWNED);
      assertThat(other.call("request", NEXT_VERSION, GRACEFUL, lease)).isZero();
      Await.value(
          "the killpath program runs",
          SOON,
          () -> Files.exists(notes) ? Files.readString(notes) : "",
          text -> text.startsWith("please,"),
          holding::logTail);
      assertThat(holder.isAlive()).isTrue();
      assertThat(holder.release(lease)).isZero();

      assertThat(holder.acquire(0, lease)).isZero();
      forceOut(holder, other);
      assertThat(holder.awaitExit(SOON)).isEqualTo(128 + 9);
      awaitAcquired(other, lease);
      assertThat(other.release(lease)).isZero();
      Files.delete(notes);
    }
  }

  /**
   * Repeats the request, as a host ignores what another one asks for within 6 io_timeouts after the
   * last time (lockspace.md 9).
   */
  private void forceOut(LibraryClient holder, LibraryClient other) throws Exception {
    assertThat(other.call("request", NEXT_VERSION, FORCE, lease)).isZero();
    long[] asked = {System.nanoTime()};
    Await.until(
        "the holder is killed",
        SOON,
        () -> {
          if (System.nanoTime() - asked[0] > REPEAT.toNanos()) {
            other.call("request", NEXT_VERSION, FORCE, lease);
            asked[0] = System.nanoTime();
          }
          return !holder.isAlive();
        });
  }

  private void awaitAcquired(LibraryClient client, Lease wanted) throws Exception {
    Await.value(
        "the lease is given to the other host",
        SOON,
        () -> client.acquire(0, wanted),
        result -> result == 0,
        cluster.a::logTail);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void anEventReachesTheOtherHost(Peers peers) throws Exception {
    form(peers);
    for (int from = 1; from <= 2; from++) {
      LibraryClient sender = from == 1 ? a : b;
      LibraryClient receiver = from == 1 ? b : a;
      int to = 3 - from;
      int bits = 0x100 + from;
      assertThat(receiver.call("reg_event", Cluster.LOCKSPACE)).isPositive();
      assertThat(sender.call("set_event", Cluster.LOCKSPACE, to, 0, bits, 0)).isZero();
      JsonObject event =
          Await.value(
              "the event arrives",
              SOON,
              () -> receiver.ask("get_event", Cluster.LOCKSPACE),
              answer -> answer.get("result").getAsInt() != EAGAIN,
              cluster.b::logTail);
      assertThat(event.toString())
          .isEqualTo(
              "{\"result\":0,\"bits\":%d,\"from_id\":%d,\"from_generation\":1}"
                  .formatted(bits, from));
      assertThat(receiver.call("end_event", Cluster.LOCKSPACE)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void anOrphanKeepsTheOtherHostOutUntilItIsAdoptedOrReleased(Peers peers) throws Exception {
    form(peers);
    for (Daemon owner : List.of(cluster.a, cluster.b)) {
      LibraryClient other = owner == cluster.a ? b : a;
      Lease persistent = lease.with(LibraryClient.PERSISTENT);
      orphan(owner, persistent);
      assertThat(other.acquire(0, lease)).isEqualTo(OWNED);
      LibraryClient heir = registered(owner);
      assertThat(heir.acquire(0, lease)).isEqualTo(EUCLEAN);
      assertThat(heir.acquire(LibraryClient.ORPHAN, persistent)).isZero();
      assertThat(other.acquire(0, lease)).isEqualTo(OWNED);
      assertThat(heir.release(lease)).isZero();
      assertThat(other.acquire(0, lease)).isZero();
      assertThat(other.release(lease)).isZero();

      orphan(owner, persistent);
      assertThat(other.acquire(0, lease)).isEqualTo(OWNED);
      assertThat(heir.call("release", 0, ORPHANS, List.of(lease.named("")))).isOne();
      awaitAcquired(other, lease);
      assertThat(other.release(lease)).isZero();
    }
  }

  /** Leaves an orphan behind: its process is dead. */
  private void orphan(Daemon owner, Lease persistent) throws Exception {
    LibraryClient dying = registered(owner);
    assertThat(dying.acquire(0, persistent)).isZero();
    dying.kill9();
    Await.value(
        "the lease is an orphan",
        SOON,
        () -> owner.cli().client("status").succeeded().out(),
        status -> status.contains("ORPHAN"),
        owner::logTail);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void namesVersionsAndSizesAreUnderstoodByBoth(Peers peers) throws Exception {
    form(peers);
    Lease renamed = lease.named("renamed");
    assertThat(a.acquire(0, lease)).isZero();
    assertThat(a.call("release", 0, RENAME, List.of(lease, renamed))).isZero();
    assertThat(b.acquire(0, lease)).isEqualTo(WRONG_NAME);
    assertThat(b.acquire(0, renamed)).isZero();
    assertThat(b.state(b.pid())).contains(renamed.text() + ":2");
    assertThat(b.release(renamed)).isZero();

    Lease wrong = renamed.with(LVER).version(1);
    assertThat(a.acquire(0, wrong)).isEqualTo(WRONG_VERSION);
    assertThat(a.acquire(0, renamed.with(LVER).version(2))).isZero();
    assertThat(a.release(renamed)).isZero();
    assertThat(b.acquire(0, renamed.with(LVER).version(2))).isEqualTo(WRONG_VERSION);
    assertThat(b.acquire(0, renamed.with(LVER).version(3))).isZero();
    assertThat(b.release(renamed)).isZero();

    var resized =
        LibraryClient.array(
            Cluster.LOCKSPACE, "renamed", renamed.path().toString(), renamed.offset(), NUM_HOSTS);
    resized.add(0);
    resized.add(77);
    assertThat(b.call("acquire", 0, 0, LibraryClient.array(resized), "")).isZero();
    assertThat(numHosts()).isEqualTo(77);
    assertThat(a.acquire(0, renamed)).isEqualTo(OWNED);
    assertThat(b.release(renamed)).isZero();
    assertThat(a.acquire(0, renamed)).isZero();
    assertThat(numHosts()).as("what the other host set is kept").isEqualTo(77);
    assertThat(a.release(renamed)).isZero();
  }

  private long numHosts() throws Exception {
    return cluster.storage.read(Storage.AREA, 512).getLong(LEADER_NUM_HOSTS_AT);
  }
}
