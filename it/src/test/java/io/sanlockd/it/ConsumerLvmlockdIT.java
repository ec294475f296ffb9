package io.sanlockd.it;

import static io.sanlockd.it.Consumers.LS;
import static io.sanlockd.it.Consumers.SIZES;
import static io.sanlockd.it.Consumers.SOON;
import static io.sanlockd.it.LibraryClient.LVB;
import static io.sanlockd.it.LibraryClient.ORPHAN;
import static io.sanlockd.it.LibraryClient.ORPHAN_ONLY;
import static io.sanlockd.it.LibraryClient.OWNER_NOWAIT;
import static io.sanlockd.it.LibraryClient.PERSISTENT;
import static io.sanlockd.it.LibraryClient.SHARED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.sanlockd.it.LibraryClient.Lease;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What lvmlockd does, through the unmodified C library: leases of volume groups and logical volumes
 * (consumers.md 5 and 13).
 */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerLvmlockdIT {
  private static final int RESTRICT_SIGKILL = 2;
  private static final int RELEASE_RENAME = 2;
  private static final int RELEASE_ORPHAN = 4;
  private static final int USED_BY_ORPHANS = 4;
  private static final int GET_HOST_LOCAL = 1;
  private static final int HOST_LIVE = 3;

  private static final int GLOBAL_SLOT = 65;
  private static final int VG_SLOT = 66;
  private static final int LV_SLOT = 67;
  private static final String UNUSED = "#unused";
  private static final String LVB_5 = "0101000005000000";
  private static final String LVB_0 = "0000000000000000";

  @RegisterExtension final Scene scene = new Scene();

  /** A volume group on one host: a daemon and the registered lvmlockd. */
  private final class Group {
    final Storage storage;
    final Daemon daemon;
    final LibraryClient lvmlockd;

    Group(Storage storage, String host, int hostId) throws Exception {
      this.storage = storage;
      daemon = scene.daemon(Peers.tested(), host);
      lvmlockd = scene.library(daemon);
      if (hostId == 1) {
        assertThat(lvmlockd.writeLockspace(LS, storage.path(), SIZES)).isZero();
        assertThat(lvmlockd.write(global().with(SIZES))).isZero();
        assertThat(lvmlockd.write(volumeGroup().with(SIZES))).isZero();
        assertThat(lvmlockd.write(logicalVolume().named(UNUSED).with(SIZES))).isZero();
      }
      lockStart(hostId);
    }

    void lockStart(int hostId) throws Exception {
      lvmlockd.register();
      assertThat(lvmlockd.call("killpath", 0, "/usr/sbin/lvmlockctl", "--kill vg")).isZero();
      assertThat(lvmlockd.call("restrict", RESTRICT_SIGKILL)).isZero();
      assertThat(lvmlockd.readLockspace("", storage.path()).get("name").getAsString())
          .isEqualTo(LS);
      assertThat(lvmlockd.add(LS, hostId, storage.path(), 0)).isZero();
    }

    Lease global() {
      return Lease.at(storage, LS, "GLLK", GLOBAL_SLOT).with(PERSISTENT);
    }

    Lease volumeGroup() {
      return Lease.at(storage, LS, "VGLK", VG_SLOT).with(PERSISTENT);
    }

    Lease logicalVolume() {
      return Lease.at(storage, LS, "lv0001-uuid", LV_SLOT).with(PERSISTENT);
    }

    void createLogicalVolume() throws Exception {
      assertThat(lvmlockd.write(logicalVolume().with(SIZES))).isZero();
    }

    int lock(int flags, Lease lease) throws Exception {
      return lvmlockd.acquire(OWNER_NOWAIT | flags, lease);
    }
  }

  private Group group() throws Exception {
    return new Group(scene.storage(Storage.Kind.FILE, 70), "hostA", 1);
  }

  private static Lease shared(Lease lease) {
    return lease.with(lease.flags() | SHARED);
  }

  private static int result(JsonObject answer) {
    return answer.get("result").getAsInt();
  }

  @Test
  void c04VgcreateOnADevice() throws Exception {
    LibraryClient client = scene.library(scene.daemon(Peers.tested(), "hostA"));
    Storage storage = scene.storage(Storage.Kind.LOOP_512, 70);
    assertThat(client.call("version")).isZero();
    assertThat(client.writeLockspace(LS, storage.path(), SIZES)).isZero();
    assertThat(client.write(Lease.at(storage, LS, "GLLK", 65).with(SIZES))).isZero();
    assertThat(client.write(Lease.at(storage, LS, "VGLK", 66).with(SIZES))).isZero();
    JsonObject unused =
        client.ask("write_slots", Lease.at(storage, LS, UNUSED, 67).with(SIZES), 67, 100, 1 << 20);
    assertThat(unused.get("written").getAsInt()).isEqualTo(3);
    assertThat(result(unused)).isEqualTo(-28);
    assertThat(result(client.read(Lease.at(storage, LS, "", 70)))).isEqualTo(-90);
    assertThat(result(client.read(Lease.at(storage, LS, "", 500)))).isEqualTo(-90);
    JsonObject found = client.read(Lease.at(storage, "", "", 67));
    assertThat(found.get("name").getAsString()).isEqualTo(UNUSED);
    assertThat(found.get("flags").getAsInt()).isEqualTo(SIZES);
    JsonObject lockspace = client.readLockspace("", storage.path());
    assertThat(lockspace.get("name").getAsString()).isEqualTo(LS);
    assertThat(lockspace.get("flags").getAsInt()).isEqualTo(SIZES);
    assertThat(lockspace.get("io_timeout").getAsInt()).isEqualTo(Consumers.IO_TIMEOUT);
  }

  @Test
  void c04VgcreateOnAFileWithTwoThousandSlots() throws Exception {
    LibraryClient client = scene.library(scene.daemon(Peers.tested(), "hostA"));
    Storage storage = scene.storage(Storage.Kind.FILE, 70);
    assertThat(client.writeLockspace(LS, storage.path(), SIZES)).isZero();
    assertThat(result(client.read(Lease.at(storage, LS, "", 68)))).isEqualTo(-223);
    assertThat(result(client.read(Lease.at(storage, LS, "", 70)))).isEqualTo(-90);
    long startNanos = System.nanoTime();
    JsonObject unused =
        client.ask("write_slots", Lease.at(storage, LS, UNUSED, 67).with(SIZES), 67, 2067, 1 << 20);
    assertThat(unused.get("written").getAsInt()).as("%s", unused).isEqualTo(2000);
    System.out.println(
        "2000 leases written in "
            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos)
            + " ms");
    assertThat(result(client.read(Lease.at(storage, LS, "", 2066)))).isZero();
  }

  @Test
  void c17ActivateExclusiveSharedConvert() throws Exception {
    Group vg = group();
    Lease lv = vg.logicalVolume();
    assertThat(vg.lock(0, lv)).as("the slot is not named yet").isEqualTo(-227);
    vg.createLogicalVolume();
    assertThat(vg.lock(0, lv)).isZero();
    assertThat(vg.lock(0, lv)).isEqualTo(-17);
    assertThat(vg.lvmlockd.call("convert", OWNER_NOWAIT, shared(lv))).isZero();
    assertThat(vg.lvmlockd.call("convert", OWNER_NOWAIT, shared(lv))).isEqualTo(-114);
    assertThat(vg.lvmlockd.call("convert", OWNER_NOWAIT, lv)).isZero();
  }

  @Test
  void c18SharedOnTwoHosts() throws Exception {
    Group a = group();
    Group b = new Group(a.storage, "hostB", 2);
    a.createLogicalVolume();
    Lease lv = a.logicalVolume();
    Consumers.awaitHost(a.lvmlockd, 2, HOST_LIVE);
    Consumers.awaitHost(b.lvmlockd, 1, HOST_LIVE);
    assertThat(a.lock(0, shared(lv))).isZero();
    assertThat(b.lock(0, shared(lv))).isZero();
    assertThat(b.lvmlockd.call("convert", OWNER_NOWAIT, lv)).isEqualTo(-11);
    assertThat(a.lvmlockd.call("convert", OWNER_NOWAIT, lv)).isEqualTo(-11);
    assertThat(b.lvmlockd.release(lv)).isZero();
    assertThat(b.lock(0, lv)).isEqualTo(-11);
    assertThat(a.lvmlockd.release(lv)).isZero();
    assertThat(b.lock(0, lv)).isZero();
    assertThat(a.lock(0, shared(lv))).isEqualTo(-243);
  }

  @Test
  void c19TwoLocalSharers() throws Exception {
    Group vg = group();
    vg.createLogicalVolume();
    LibraryClient other = scene.library(vg.daemon);
    other.register();
    Lease lv = vg.logicalVolume();
    assertThat(vg.lock(0, shared(lv))).isZero();
    assertThat(other.acquire(OWNER_NOWAIT, shared(lv))).isZero();
    assertThat(vg.lvmlockd.call("convert", OWNER_NOWAIT, lv)).isEqualTo(-11);
    assertThat(other.release(lv)).isZero();
    assertThat(vg.lvmlockd.call("convert", OWNER_NOWAIT, lv)).isZero();
  }

  @Test
  void c20GlobalLockWithValueBlock() throws Exception {
    Group a = group();
    Group b = new Group(a.storage, "hostB", 2);
    Lease gl = a.global();
    assertThat(a.lock(LVB, shared(gl))).isZero();
    assertThat(valueBlock(a, gl)).as("never written").isEqualTo(LVB_0);
    assertThat(a.lvmlockd.call("set_lvb", gl, LVB_5)).as("accepted, not stored").isZero();
    assertThat(a.lvmlockd.release(gl)).isZero();
    assertThat(a.lock(LVB, shared(gl))).isZero();
    assertThat(valueBlock(a, gl)).as("set under sh").isEqualTo(LVB_0);
    assertThat(a.lvmlockd.call("convert", OWNER_NOWAIT, gl)).isZero();
    assertThat(a.lvmlockd.call("set_lvb", gl, LVB_5)).isZero();
    assertThat(a.lvmlockd.release(gl)).isZero();
    assertThat(a.lock(LVB, gl)).isZero();
    assertThat(valueBlock(a, gl)).isEqualTo(LVB_5);
    assertThat(a.lvmlockd.release(gl)).isZero();
    assertThat(b.lock(LVB, gl)).isZero();
    assertThat(valueBlock(b, gl)).isEqualTo(LVB_5);
  }

  private static String valueBlock(Group vg, Lease lease) throws Exception {
    JsonObject answer = vg.lvmlockd.ask("get_lvb", lease, LVB_0.length() / 2);
    assertThat(result(answer)).as("%s", answer).isNotNegative();
    return answer.get("lvb").getAsString();
  }

  private static int rename(Group vg, Lease from, String to) throws Exception {
    return vg.lvmlockd.call("release", 0, RELEASE_RENAME, List.of(from, from.named(to)));
  }

  @Test
  void c21GlobalLockDisabledAndEnabledByRename() throws Exception {
    Group vg = group();
    Lease gl = vg.global();
    assertThat(vg.lock(0, gl)).isZero();
    assertThat(rename(vg, gl, "_GLLK_disabled")).isZero();
    assertThat(vg.lock(0, gl)).isEqualTo(-227);
    assertThat(vg.lvmlockd.read(gl.named("")).get("name").getAsString())
        .isEqualTo("_GLLK_disabled");
    assertThat(vg.lvmlockd.write(gl.with(SIZES))).isZero();
    assertThat(vg.lock(0, gl)).isZero();
  }

  /** A group whose lvmlockd died with three persistent leases. */
  private Group orphaned() throws Exception {
    Group vg = group();
    vg.createLogicalVolume();
    assertThat(vg.lvmlockd.call("set_config", LS, USED_BY_ORPHANS)).isZero();
    assertThat(vg.lock(0, vg.logicalVolume())).isZero();
    assertThat(vg.lock(0, vg.volumeGroup())).isZero();
    assertThat(vg.lock(LVB, vg.global())).isZero();
    assertThat(vg.lvmlockd.call("set_lvb", vg.global(), LVB_5)).isZero();
    vg.lvmlockd.kill9();
    Await.until("three orphans", SOON, () -> orphans(vg) == 3);
    return vg;
  }

  private static long orphans(Group vg) throws Exception {
    return status(vg).lines().filter(line -> line.endsWith(" ORPHAN")).count();
  }

  private static String status(Group vg) throws Exception {
    return vg.daemon.cli(Implementation.C).client("status").succeeded().out();
  }

  @Test
  void c22Adoption() throws Exception {
    Group vg = orphaned();
    assertThat(status(vg))
        .contains(vg.logicalVolume().text() + ":1 p " + vg.lvmlockd.pid() + " ORPHAN\n");
    LibraryClient heir = scene.library(vg.daemon);
    heir.register();
    assertThat(heir.add(LS, 1, vg.storage.path(), 0)).isEqualTo(-17);
    assertThat(heir.acquire(OWNER_NOWAIT, vg.logicalVolume())).isEqualTo(-117);
    assertThat(heir.acquire(OWNER_NOWAIT | ORPHAN_ONLY, shared(vg.logicalVolume())))
        .isEqualTo(-117);
    assertThat(heir.acquire(OWNER_NOWAIT | ORPHAN_ONLY, vg.logicalVolume())).isZero();
    assertThat(heir.acquire(OWNER_NOWAIT | ORPHAN_ONLY, vg.volumeGroup())).isZero();
    assertThat(heir.acquire(OWNER_NOWAIT | ORPHAN_ONLY | LVB, vg.global())).isZero();
    assertThat(status(vg))
        .doesNotContain("ORPHAN")
        .contains(vg.logicalVolume().text() + ":1 p " + heir.pid() + "\n");
    assertThat(heir.ask("get_lvb", vg.global(), 8).get("lvb").getAsString()).isEqualTo(LVB_5);
    assertThat(heir.read(vg.logicalVolume()).get("lver").getAsLong()).isEqualTo(1);
  }

  @Test
  void c23NothingToAdopt() throws Exception {
    Group vg = group();
    Lease lease = vg.volumeGroup();
    assertThat(vg.lock(ORPHAN_ONLY | LVB, shared(lease))).isEqualTo(-2);
    assertThat(vg.lock(ORPHAN_ONLY, shared(lease))).as("is not acquired silently").isEqualTo(-2);
    assertThat(vg.lock(ORPHAN, lease)).isZero();
  }

  @Test
  void c24OrphansAreReleased() throws Exception {
    Group vg = orphaned();
    LibraryClient heir = scene.library(vg.daemon);
    Lease lv = vg.logicalVolume();
    int unregistered = heir.call("release", vg.lvmlockd.pid(), RELEASE_ORPHAN, List.of(lv));
    assertThat(unregistered).as("the old owner is not registered").isNegative();
    heir.register();
    assertThat(heir.call("release", 0, RELEASE_ORPHAN, List.of(lv))).isEqualTo(1);
    Await.until("the orphan is gone", SOON, () -> !status(vg).contains(lv.text()));
    assertThat(heir.acquire(OWNER_NOWAIT, lv)).isZero();
  }

  @Test
  void c25VgremoveAndRename() throws Exception {
    Group vg = group();
    vg.createLogicalVolume();
    Lease lease = vg.volumeGroup();
    assertThat(vg.lock(0, lease)).isZero();
    assertThat(rename(vg, lease, "invalid_removed")).isZero();
    assertThat(vg.lock(0, lease)).isEqualTo(-227);
    assertThat(vg.lvmlockd.rem(LS, 1, vg.storage.path(), 0)).isZero();
    assertThat(vg.lock(0, lease)).isEqualTo(-28);
    assertThat(vg.lvmlockd.writeLockspace(UNUSED, vg.storage.path(), SIZES)).isZero();
    assertThat(vg.lvmlockd.add(LS, 1, vg.storage.path(), 0)).isEqualTo(-226);

    assertThat(vg.lvmlockd.writeLockspace("renamed", vg.storage.path(), SIZES)).isZero();
    for (int slot : IntStream.rangeClosed(GLOBAL_SLOT, LV_SLOT).toArray()) {
      JsonObject old = vg.lvmlockd.read(Lease.at(vg.storage, "", "", slot));
      Lease renamed = Lease.at(vg.storage, "renamed", old.get("name").getAsString(), slot);
      assertThat(vg.lvmlockd.write(renamed.with(old.get("flags").getAsInt()))).isZero();
    }
    assertThat(vg.lvmlockd.add("renamed", 1, vg.storage.path(), 0)).isZero();
    Lease lv = Lease.at(vg.storage, "renamed", vg.logicalVolume().name(), LV_SLOT);
    assertThat(vg.lock(0, lv)).isZero();
    assertThat(vg.lvmlockd.read(lv).get("lver").getAsLong()).isEqualTo(1);
  }

  @Test
  void c26ExtendedLeaseDevice() throws Exception {
    Group vg = new Group(scene.storage(Storage.Kind.LOOP_512, 70), "hostA", 1);
    Lease lv = Lease.at(vg.storage, LS, "lv-behind-the-end", 75).with(PERSISTENT);
    assertThat(vg.lock(0, lv)).isEqualTo(-90);
    vg.storage.grow(80);
    assertThat(result(vg.lvmlockd.read(lv))).isEqualTo(-223);
    assertThat(vg.lvmlockd.write(lv.with(SIZES))).isZero();
    assertThat(vg.lock(0, lv)).isZero();
  }

  @Test
  void c31JoinedUnderAnotherId() throws Exception {
    Group vg = group();
    Storage elsewhere = scene.storage(Storage.Kind.FILE, 1);
    assertThat(vg.lvmlockd.add(LS, 2, vg.storage.path(), 0)).isEqualTo(-22);
    assertThat(vg.lvmlockd.add(LS, 1, elsewhere.path(), 0)).isEqualTo(-22);
    assertThat(vg.lvmlockd.rem(LS, 2, vg.storage.path(), 0)).isEqualTo(-2);
    assertThat(vg.lvmlockd.inq(LS, 2, vg.storage.path(), 0)).isEqualTo(-2);
    assertThat(vg.lvmlockd.inq(LS, 0, vg.storage.path(), 0)).isZero();
  }

  @Test
  void c38DamagedLeasesAreRepairedByWritingThem() throws Exception {
    Group vg = group();
    vg.createLogicalVolume();
    Lease lv = vg.logicalVolume();
    for (Damage damage : Damage.values()) {
      assertThat(vg.lock(0, lv)).isZero();
      assertThat(vg.lvmlockd.release(lv)).isZero();
      long position = lv.offset() + damage.position;
      ByteBuffer bytes = vg.storage.read(position, 1);
      bytes.put(0, (byte) (bytes.get(0) ^ 0x40));
      vg.storage.write(position, bytes);
      assertThat(vg.lock(0, lv)).as("%s", damage).isEqualTo(damage.result);
      assertThat(vg.lock(0, vg.volumeGroup())).as("others are not affected").isZero();
      assertThat(vg.lvmlockd.release(vg.volumeGroup())).isZero();
      assertThat(vg.lvmlockd.write(lv.with(SIZES))).isZero();
    }
  }

  /** What may be damaged: a byte of the area and the code of the refusal. */
  private enum Damage {
    LEADER_CHECKSUM(152, -229),
    LEADER_MAGIC(0, -223),
    BALLOT_BLOCK(2 * 512, -214);

    final long position;
    final int result;

    Damage(long position, int result) {
      this.position = position;
      this.result = result;
    }
  }

  @Test
  void c39RepairOfADeadHostsLeaseWithDirectInit() throws Exception {
    Group a = group();
    Group b = new Group(a.storage, "hostB", 2);
    Lease lease = a.volumeGroup();
    assertThat(a.lock(0, lease)).isZero();
    Consumers.awaitHost(b.lvmlockd, 1, HOST_LIVE);
    assertThat(b.lock(0, lease)).isEqualTo(-243);
    a.daemon.kill9();
    Cli direct = b.daemon.cli();
    direct.run("direct", "init", "-r", lease.text()).succeeded();
    String dump =
        direct
            .run("direct", "dump", lease.path() + ":" + lease.offset() + ":" + Storage.AREA)
            .succeeded()
            .out();
    assertThat(dump).containsPattern("VGLK +0+ 0+ 0+ 0+\n");
    assertThat(b.lock(0, lease)).isZero();
  }

  @Test
  void c39DirectInitOfALiveClientsLease() throws Exception {
    Group vg = group();
    Lease lease = vg.volumeGroup();
    assertThat(vg.lock(0, lease)).isZero();
    vg.daemon.cli().run("direct", "init", "-r", lease.text()).succeeded();
    assertThat(vg.lvmlockd.release(lease)).isZero();
    assertThat(vg.lvmlockd.isAlive() && vg.daemon.isAlive()).isTrue();
  }

  @Test
  void c40WriteWhileHeld() throws Exception {
    Group vg = group();
    Lease lease = vg.volumeGroup();
    assertThat(vg.lock(0, lease)).isZero();
    assertThat(vg.lvmlockd.write(lease.with(SIZES))).isZero();
    assertThat(vg.lvmlockd.release(lease)).isZero();
    assertThat(vg.lock(0, lease)).isZero();
  }

  @Test
  void c44EventOnUnknownOrRemovedLockspace() throws Exception {
    Group vg = group();
    assertThat(vg.lvmlockd.call("reg_event", "unknown")).isEqualTo(-2);
    assertThat(vg.lvmlockd.call("reg_event", LS)).isPositive();
    assertThat(result(vg.lvmlockd.ask("get_event", LS))).isEqualTo(-11);
    assertThat(vg.lvmlockd.rem(LS, 1, vg.storage.path(), 0)).isZero();
    Await.until("end of stream", SOON, () -> result(vg.lvmlockd.ask("get_event", LS)) == -1);
    assertThat(vg.lvmlockd.call("reg_event", LS)).isEqualTo(-2);
  }

  @Test
  void c50StartOfANewerLvmlockd() throws Exception {
    Group vg = group();
    JsonObject answer = vg.lvmlockd.hosts(LS, 0, GET_HOST_LOCAL);
    assertThat(result(answer)).as("%s", answer).isNotNegative();
    assertThat(answer.getAsJsonArray("hosts")).hasSize(1);
    JsonObject own = answer.getAsJsonArray("hosts").get(0).getAsJsonObject();
    assertThat(own.get("id").getAsInt()).isEqualTo(1);
    assertThat(own.get("generation").getAsInt()).isPositive();
    assertThat(own.get("flags").getAsInt()).isEqualTo(HOST_LIVE);
    assertThat(vg.lvmlockd.readLockspace("", vg.storage.path()).get("name").getAsString())
        .isEqualTo(LS);
  }
}
