package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we do not understand we do not touch: a named error, and not a byte is written. */
@Execution(ExecutionMode.CONCURRENT)
class BadLeaseAreasIT {
  private static final int AREAS = 4;
  private static final int LEADER_LENGTH = 200;
  private static final int CHECKSUMMED = 168;
  private static final int VERSION_OFFSET = 4;
  private static final int SECTOR_SIZE_OFFSET = 12;
  private static final int SPACE_NAME_OFFSET = 56;
  private static final int RESOURCE_NAME_OFFSET = 104;
  private static final int CHECKSUM_OFFSET = 168;

  /** Checksum of the format from the standard one, for 168 bytes (disk-format.md 3). */
  private static final int CHECKSUM_XOR = 0xDAECE73E;

  @RegisterExtension final Scene scene = new Scene();

  /** Ways in which the leader record of an area can be bad. */
  enum Damage {
    NONE,
    ZERO,
    WRONG_MAGIC,
    NEWER_VERSION,
    BAD_CHECKSUM,
    TORN,
    BAD_SECTOR_SIZE,
    OTHER_LOCKSPACE,
    OTHER_RESOURCE;

    /** Changes a good leader record. */
    void apply(ByteBuffer leader) {
      switch (this) {
        case NONE -> {}
        case ZERO -> leader.put(0, new byte[LEADER_LENGTH]);
        case WRONG_MAGIC -> leader.putInt(0, 0x01020304);
        case NEWER_VERSION ->
            leader.putInt(VERSION_OFFSET, leader.getInt(VERSION_OFFSET) + 0x30000);
        case BAD_CHECKSUM -> leader.putInt(CHECKSUM_OFFSET, ~leader.getInt(CHECKSUM_OFFSET));
        case TORN -> leader.putLong(32, 1).putLong(40, 1).putLong(48, 1);
        case BAD_SECTOR_SIZE -> leader.putInt(SECTOR_SIZE_OFFSET, 1024);
        case OTHER_LOCKSPACE -> putName(leader, SPACE_NAME_OFFSET, "other");
        case OTHER_RESOURCE -> putName(leader, RESOURCE_NAME_OFFSET, "other");
      }
      if (this == NEWER_VERSION
          || this == BAD_SECTOR_SIZE
          || this == OTHER_LOCKSPACE
          || this == OTHER_RESOURCE) {
        leader.putInt(CHECKSUM_OFFSET, checksum(leader));
      }
    }

    private static void putName(ByteBuffer leader, int offset, String name) {
      leader.put(offset, Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), 48));
    }

    private static int checksum(ByteBuffer leader) {
      CRC32C crc = new CRC32C();
      crc.update(leader.slice(0, CHECKSUMMED));
      return ~(int) crc.getValue() ^ CHECKSUM_XOR;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ZERO, -223",
    "WRONG_MAGIC, -223",
    "NEWER_VERSION, -224",
    "BAD_CHECKSUM, -229",
    "TORN, -229",
    "BAD_SECTOR_SIZE, -225",
    "OTHER_LOCKSPACE, -226",
  })
  void badLockspaceIsNotJoinedAndNotWritten(Damage damage, int expected) throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, AREAS);
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace("ls", 0));
    // Every host's record looks the same: damage the one that tells the sizes and our own.
    damage(storage, 0, damage);
    damage(storage, 512, damage);
    byte[] before = storage.allBytes();
    Command.Result result =
        daemon.cli().client("add_lockspace", "-s", storage.lockspace("ls", 2), "-o", "1");
    assertThat(result.done()).isEqualTo(expected);
    assertThat(storage.allBytes()).isEqualTo(before);
    assertThat(daemon.cli().client("inq_lockspace", "-s", storage.lockspace("ls", 2)).done())
        .isEqualTo(-2);
  }

  @ParameterizedTest
  @CsvSource({"2001, -231", "0, -22"})
  void hostIdThatTheLockspaceHasNoRoomForIsRefused(int hostId, int expected) throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, AREAS);
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace("ls", 0));
    byte[] before = storage.allBytes();
    Command.Result result =
        daemon.cli().client("add_lockspace", "-s", storage.lockspace("ls", hostId), "-o", "1");
    assertThat(result.done()).isEqualTo(expected);
    assertThat(storage.allBytes()).isEqualTo(before);
  }

  /** NONE is the counterproof: the same steps with a good area succeed. */
  @ParameterizedTest
  @CsvSource({
    "NONE, 0",
    "ZERO, -223",
    "WRONG_MAGIC, -223",
    "NEWER_VERSION, -224",
    "BAD_CHECKSUM, -229",
    "TORN, -229",
    "OTHER_LOCKSPACE, -226",
    "OTHER_RESOURCE, -227",
  })
  void badResourceIsNotAcquiredAndNotWritten(Damage damage, int expected) throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, AREAS);
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace("ls", 0));
    Joining.init(daemon.cli(), storage, "-r", storage.resource("ls", "r1", 1));
    Joining.join(daemon.cli(), storage.lockspace("ls", 1));
    Holder holder = scene.holder(daemon.cli());
    damage(storage, Storage.AREA, damage);
    byte[] before = resourceAreas(storage);
    assertThat(holder.acquire(daemon.cli(), storage.resource("ls", "r1", 1))).isEqualTo(expected);
    if (expected != 0) {
      assertThat(resourceAreas(storage)).isEqualTo(before);
      assertThat(holder.inquire(daemon.cli()).out()).contains("res_count 0");
    }
  }

  @ParameterizedTest
  @CsvSource({"4", "1000"})
  void areaPastTheEndOfTheStorageIsRefusedAndTheStorageDoesNotGrow(int area) throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, AREAS);
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace("ls", 0));
    Joining.join(daemon.cli(), storage.lockspace("ls", 1));
    Holder holder = scene.holder(daemon.cli());
    byte[] before = resourceAreas(storage);
    assertThat(holder.acquire(daemon.cli(), storage.resource("ls", "r1", area))).isEqualTo(-90);
    assertThat(resourceAreas(storage)).isEqualTo(before);
    String beyond = "x:1:" + storage.path() + ":" + (long) area * Storage.AREA;
    assertThat(daemon.cli().client("add_lockspace", "-s", beyond, "-o", "1").done()).isEqualTo(-90);
    assertThat(resourceAreas(storage)).isEqualTo(before);
  }

  private static void damage(Storage storage, long offset, Damage damage) throws Exception {
    ByteBuffer leader = storage.read(offset, LEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    damage.apply(leader);
    storage.write(offset, leader);
  }

  /** Everything behind the lockspace, which our own renewals change. */
  private static byte[] resourceAreas(Storage storage) throws Exception {
    byte[] all = storage.allBytes();
    return Arrays.copyOfRange(all, Storage.AREA, all.length);
  }
}
