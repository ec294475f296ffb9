package io.sanlockd.it;

import static io.sanlockd.it.Consumers.FAIL_SECONDS;
import static io.sanlockd.it.Consumers.LS;
import static io.sanlockd.it.Consumers.SOON;
import static io.sanlockd.it.LibraryClient.PERSISTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.sanlockd.it.LibraryClient.Lease;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The file of a lockspace is truncated under its users, whose leases are in another file
 * (consumers.md 13, "Storage loss" and the removal of a lockspace in use).
 */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerStorageLossIT {
  private static final int RESTRICT_ALL = 1;
  private static final int RESTRICT_SIGKILL = 2;
  private static final int KILLPATH_PID = 1;
  private static final int RELEASE_ORPHAN = 4;
  private static final int USED_BY_ORPHANS = 4;
  private static final int GRACE_SECONDS = 6;
  private static final int SIGKILLED = 128 + 9;
  private static final int SIGTERMED = 128 + 15;

  /** A pass a second, and what a busy machine adds. */
  private static final double LATE_SECONDS = 4;

  private static final Duration END = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  /** One host that joined the lockspace whose storage will be lost. */
  private final class Host {
    final Storage space;
    final Storage leases;
    final Daemon daemon;
    final LibraryClient admin;

    Host() throws Exception {
      space = scene.storage(Storage.Kind.FILE, 1);
      leases = scene.storage(Storage.Kind.FILE, 8);
      daemon = scene.daemon(Peers.tested(), "hostA", "-g", Integer.toString(GRACE_SECONDS));
      admin = scene.library(daemon);
      Consumers.join(admin, space, 1);
    }

    /** A process with a lease; to be prepared further. */
    LibraryClient owner(Lease lease) throws Exception {
      LibraryClient owner = scene.library(daemon);
      owner.register();
      assertThat(admin.write(lease.with(0))).isZero();
      assertThat(owner.acquire(0, lease)).isZero();
      return owner;
    }

    Lease lease(int area) {
      return Lease.at(leases, LS, "r" + area, area);
    }

    /** Loses the storage right after a renewal; the time of that, CLOCK_MONOTONIC. */
    long lose() throws Exception {
      long renewed = daemon.awaitRenewal(LS);
      space.truncate();
      return renewed;
    }

    int inq() throws Exception {
      return admin.inq(LS, 1, space.path(), 0);
    }

    void awaitGone() throws Exception {
      Await.value("the lockspace is gone", END, this::inq, r -> r == -2, daemon::logTail);
    }

    String status() throws Exception {
      return daemon.cli(Implementation.C).client("status", "-D").succeeded().out();
    }
  }

  private static double age(long renewed) {
    return System.nanoTime() / 1e9 - renewed;
  }

  @Test
  void c32GraceKillpathSigtermSigkill() throws Exception {
    Host host = new Host();
    final LibraryClient plain = host.owner(host.lease(1));
    final Lease lease2 = host.lease(2);
    final LibraryClient releasing = host.owner(lease2);
    KillpathProbe release =
        new KillpathProbe(
            scene.directory(), Implementation.C.program() + " client release -a 1 -p $pid");
    assertThat(releasing.call("killpath", KILLPATH_PID, release.program().toString(), "release"))
        .isZero();
    KillpathProbe nothing = new KillpathProbe(scene.directory(), "");
    final LibraryClient stubborn = host.owner(host.lease(3));
    String arguments = "DROP vg\\ 1 back\\\\slash";
    assertThat(stubborn.call("killpath", KILLPATH_PID, nothing.program().toString(), arguments))
        .isZero();
    assertThat(stubborn.call("restrict", RESTRICT_ALL)).isZero();
    KillpathProbe gentle = new KillpathProbe(scene.directory(), "");
    final LibraryClient noSigkill = host.owner(host.lease(4));
    assertThat(noSigkill.call("killpath", 0, gentle.program().toString(), "DROP")).isZero();
    assertThat(noSigkill.call("restrict", RESTRICT_SIGKILL)).isZero();
    final LibraryClient persistent = host.owner(host.lease(5).with(PERSISTENT));
    final LibraryClient late = scene.library(host.daemon);
    late.register();
    assertThat(host.admin.write(host.lease(6))).isZero();

    final long renewed = host.lose();
    Await.until(
        "renewals fail",
        SOON,
        () -> host.daemon.statusNumber("\ns " + LS, "renewal_last_result") == -90);
    assertThat(late.acquire(0, host.lease(6))).as("until the failure").isZero();
    assertThat(late.release(host.lease(6))).isZero();

    assertThat(plain.awaitExit(END)).isEqualTo(SIGTERMED);
    assertThat(age(renewed)).isBetween((double) FAIL_SECONDS, FAIL_SECONDS + LATE_SECONDS);
    assertThat(persistent.awaitExit(SOON)).isEqualTo(SIGTERMED);
    Await.until("killpath of 2", SOON, () -> !release.runs().isEmpty());
    assertThat(stubborn.awaitExit(END)).isEqualTo(SIGKILLED);
    assertThat(age(renewed)).isGreaterThanOrEqualTo(FAIL_SECONDS + GRACE_SECONDS);
    assertThat(noSigkill.awaitExit(END)).isEqualTo(SIGTERMED);
    host.awaitGone();
    assertThat(release.runs()).containsExactly("release|" + releasing.pid() + "|");
    assertThat(nothing.runs()).containsExactly("DROP|vg 1|back\\slash|" + stubborn.pid() + "|");
    assertThat(gentle.runs()).containsExactly("DROP|");
    assertThat(releasing.isAlive()).isTrue();
    assertThat(releasing.inquire(0).get("count").getAsInt()).isZero();
    Storage elsewhere = scene.storage(Storage.Kind.FILE, 2);
    assertThat(host.admin.writeLockspace("other", elsewhere.path(), 0)).isZero();
    assertThat(host.admin.add("other", 1, elsewhere.path(), 0)).isZero();
    Lease other = Lease.at(elsewhere, "other", "r", 1);
    assertThat(host.admin.write(other)).isZero();
    assertThat(releasing.acquire(0, other)).as("registered still").isZero();
  }

  @Test
  void c33PauseByTheHelper() throws Exception {
    Host host = new Host();
    Lease first = host.lease(1);
    final Lease second = host.lease(2);
    LibraryClient owner = host.owner(first);
    assertThat(host.admin.write(second)).isZero();
    assertThat(owner.acquire(0, second)).isZero();
    String sanlock = Implementation.C.program() + " client ";
    String target = " -p " + owner.pid();
    String resources = " -r " + first.text() + " -r " + second.text();
    KillpathProbe pause =
        new KillpathProbe(
            scene.directory(),
            String.join(
                "\n",
                "cd " + scene.directory(),
                sanlock + "inquire" + target + " > inquired",
                sanlock + "acquire -r " + first.text() + target + " > acquired",
                "date +%s%N > before",
                sanlock + "release" + resources + target + " > released",
                "date +%s%N > after"));
    assertThat(owner.call("killpath", 0, pause.program().toString(), "uri uuid pause")).isZero();
    assertThat(owner.call("restrict", RESTRICT_ALL)).isZero();
    host.lose();
    Await.until("the killpath runs", END, () -> !pause.runs().isEmpty());
    CompletableFuture<JsonElement> removal =
        host.admin.begin("rem", LibraryClient.array(LS, 1, host.space.path().toString(), 0, 0), 0);
    assertThat(removal.get(1, TimeUnit.MINUTES).getAsInt()).isIn(0, -2);
    host.awaitGone();
    assertThat(owner.isAlive()).isTrue();
    assertThat(noted("inquired")).contains("inquire done 0 res_count 2", first.text() + ":1");
    assertThat(noted("acquired")).contains("acquire done -16");
    assertThat(noted("released")).contains("release done 0");
    long millis =
        TimeUnit.NANOSECONDS.toMillis(
            Long.parseLong(noted("after").strip()) - Long.parseLong(noted("before").strip()));
    System.out.println("release of a lost lockspace by another process: " + millis + " ms");
  }

  private String noted(String file) throws Exception {
    return Files.readString(scene.directory().resolve(file));
  }

  @Test
  void c34StorageLossWithOrphansAndC36RejoinAfterLoss() throws Exception {
    Host host = new Host();
    Lease lease = host.lease(1).with(PERSISTENT);
    LibraryClient owner = host.owner(lease);
    assertThat(host.admin.call("set_config", LS, USED_BY_ORPHANS)).isZero();
    owner.kill9();
    Await.until("an orphan", SOON, () -> host.status().contains(" ORPHAN\n"));
    final long renewed = host.lose();
    Await.until(
        "the lockspace is dead",
        END,
        () -> host.daemon.statusNumber("\ns " + LS, "space_dead") == 1);
    assertThat(age(renewed)).isGreaterThanOrEqualTo(FAIL_SECONDS);
    LibraryClient heir = scene.library(host.daemon);
    heir.register();
    assertThat(heir.acquire(0, lease)).isEqualTo(-28);
    Await.until(
        "users are being stopped",
        SOON,
        () -> host.daemon.statusNumber("\ns " + LS, "killing_pids") == 1);
    TimeUnit.SECONDS.sleep(3);
    assertThat(host.inq()).as("not removed while an orphan uses it").isNotEqualTo(-2);
    assertThat(heir.call("release", 0, RELEASE_ORPHAN, List.of(lease))).isEqualTo(1);
    host.awaitGone();

    assertThat(host.admin.add(LS, 1, host.space.path(), 0)).as("still empty").isEqualTo(-90);
    host.space.resize(1);
    assertThat(host.admin.add(LS, 1, host.space.path(), 0)).as("zeros").isEqualTo(-223);
    Consumers.join(host.admin, host.space, 1);
    assertThat(heir.acquire(0, lease)).as("never released on disk").isZero();
  }

  @Test
  void c35StorageReturnsInTime() throws Exception {
    Host host = new Host();
    final LibraryClient owner = host.owner(host.lease(1));
    host.daemon.awaitRenewal(LS);
    ByteBuffer saved = host.space.read(0, Storage.AREA);
    host.space.truncate();
    Await.until(
        "renewals fail",
        SOON,
        () -> host.daemon.statusNumber("\ns " + LS, "renewal_last_result") == -90);
    host.space.write(0, saved);
    host.daemon.awaitRenewal(LS);
    assertThat(owner.isAlive()).isTrue();
    assertThat(owner.state(0)).isEqualTo(host.lease(1).text() + ":1");
    assertThat(host.inq()).isZero();
  }

  @Test
  void c35LockspaceOverwrittenUnderTheRunningHost() throws Exception {
    Host host = new Host();
    final LibraryClient owner = host.owner(host.lease(1));
    final long renewed = host.daemon.awaitRenewal(LS);
    host.daemon
        .cli(Implementation.C)
        .run("direct", "init", "-s", LS + ":0:" + host.space.path() + ":0")
        .succeeded();
    assertThat(owner.awaitExit(END)).isEqualTo(SIGTERMED);
    assertThat(age(renewed)).as("no waiting for the age limit").isLessThan(FAIL_SECONDS - 2);
    host.awaitGone();
  }

  @Test
  void c37NoLeaseNoKill() throws Exception {
    Host host = new Host();
    LibraryClient registered = scene.library(host.daemon);
    registered.register();
    final long renewed = host.lose();
    host.awaitGone();
    assertThat(age(renewed)).isGreaterThanOrEqualTo(FAIL_SECONDS);
    assertThat(registered.isAlive()).isTrue();
    assertThat(registered.inquire(0).get("result").getAsInt()).isZero();
  }

  @Test
  void c49LockspaceRemovalKills() throws Exception {
    Host host = new Host();
    final LibraryClient plain = host.owner(host.lease(1));
    final LibraryClient withKillpath = host.owner(host.lease(2));
    KillpathProbe probe = new KillpathProbe(scene.directory(), "");
    assertThat(withKillpath.call("killpath", 0, probe.program().toString(), "")).isZero();
    final LibraryClient noSigkill = host.owner(host.lease(3));
    assertThat(noSigkill.call("restrict", RESTRICT_SIGKILL)).isZero();
    final LibraryClient registered = scene.library(host.daemon);
    registered.register();

    final int unused = 2;
    assertThat(host.admin.rem(LS, 1, host.space.path(), unused)).isEqualTo(-16);
    assertThat(plain.isAlive() && withKillpath.isAlive() && noSigkill.isAlive()).isTrue();
    assertThat(host.admin.rem(LS, 1, host.space.path(), 0)).isZero();
    assertThat(plain.awaitExit(SOON)).isEqualTo(SIGKILLED);
    assertThat(withKillpath.awaitExit(SOON)).isEqualTo(SIGKILLED);
    assertThat(noSigkill.awaitExit(SOON)).isEqualTo(SIGTERMED);
    assertThat(registered.isAlive()).isTrue();
    assertThat(probe.runs()).isEmpty();
    assertThat(host.inq()).isEqualTo(-2);
  }

  @Test
  void c46OrderlyShutdown() throws Exception {
    Host host = new Host();
    final LibraryClient owner = host.owner(host.lease(1));
    Cli cli = host.daemon.cli(Implementation.C);
    host.daemon.signal("TERM");
    cli.client("shutdown").succeeded();
    assertThat(cli.client("shutdown", "-w", "1").done()).isEqualTo(-16);
    assertThat(host.daemon.isAlive()).isTrue();
    assertThat(owner.isAlive()).isTrue();
    assertThat(cli.client("shutdown", "-f", "1", "-w", "1").done()).isZero();
    assertThat(owner.awaitExit(SOON)).isEqualTo(SIGKILLED);
    assertThat(host.daemon.awaitExit(SOON)).isZero();
    final int timestamp = 152;
    assertThat(host.space.read(timestamp, Long.BYTES).getLong()).as("left cleanly").isZero();

    Daemon empty = scene.daemon(Peers.tested(), "hostB");
    empty.signal("TERM");
    assertThat(empty.awaitExit(SOON)).isZero();
  }
}
