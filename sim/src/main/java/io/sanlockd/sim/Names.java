package io.sanlockd.sim;

import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.BytesStore;

/** Where everything lies on the devices of a world, and how it is told in a trace. */
final class Names {
  static final LeaseName SPACE = LeaseName.of("LS");
  static final String SPACE_PATH = "/dev/space";
  static final Geometry GEOMETRY = Geometry.S512_A1M;
  static final int AREA = 1 << 20;
  static final int NUM_HOSTS = 8;
  static final int MOST_RESOURCES = 3;

  /** Length of an area with room for no more than {@link #NUM_HOSTS}, in whole ballot reads. */
  static final int SMALL_AREA = 16 * 512;

  /** Of a leader, in bytes (disk-format.md 4). */
  private static final int MAX_HOSTS_FIELD = 24;

  private static final AreaLayout LAYOUT = new AreaLayout(GEOMETRY);
  private static final byte[] SPACE_IMAGE = new byte[AREA];
  private static final byte[] DISK_IMAGE = diskImage(NUM_HOSTS);
  private static final byte[] FULL_DISK_IMAGE = diskImage(GEOMETRY.maxHosts());
  private static final byte[] SMALL_DISK_IMAGE = diskImage(NUM_HOSTS);

  static {
    BytesStore<?, ?> space = BytesStore.wrap(SPACE_IMAGE);
    InitialImage.lockspace(space, GEOMETRY, SPACE, 5);
    InitialImage.lockspaceRecord(GEOMETRY, SPACE, 5).encode(space, 0);
    BytesStore<?, ?> small = BytesStore.wrap(SMALL_DISK_IMAGE);
    small.writeLong(MAX_HOSTS_FIELD, NUM_HOSTS);
    LeaderRecord.decode(small, 0).sealed().encode(small, 0);
  }

  private static byte[] diskImage(int numHosts) {
    byte[] image = new byte[MOST_RESOURCES * AREA];
    for (int i = 0; i < MOST_RESOURCES; i++) {
      byte[] area = new byte[AREA];
      InitialImage.resource(BytesStore.wrap(area), GEOMETRY, SPACE, resource(i), numHosts);
      System.arraycopy(area, 0, image, i * AREA, AREA);
    }
    return image;
  }

  private Names() {}

  static SimStorage spaceDevice() {
    return new SimStorage(SPACE_PATH, SPACE_IMAGE);
  }

  /**
   * A disk with resources.
   *
   * @param full whether as many host blocks are in use as fit, instead of 8
   */
  static SimStorage diskDevice(int number, boolean full) {
    return new SimStorage("/dev/disk" + number, full ? FULL_DISK_IMAGE : DISK_IMAGE);
  }

  /** A disk with one resource without room for more than 8 hosts, so that little is read of it. */
  static SimStorage smallDiskDevice(int number) {
    return new SimStorage("/dev/disk" + number, SMALL_DISK_IMAGE);
  }

  static LeaseName resource(int number) {
    return LeaseName.of("r" + number);
  }

  static long resourceOffset(int number) {
    return (long) number * AREA;
  }

  /** A resource as a client names it. */
  static Resource request(int number, int disks) {
    List<Disk> copies = new ArrayList<>();
    for (int i = 0; i < disks; i++) {
      copies.add(new Disk("/dev/disk" + i, resourceOffset(number)));
    }
    return Resource.on(SPACE, resource(number), copies);
  }

  /** The resource at a place of a disk. */
  static int resourceAt(long offset) {
    return (int) (offset / AREA);
  }

  /** Whether a write at this place is one of the leader of a resource. */
  static boolean isLeader(SimStorage storage, long offset) {
    return !storage.path().equals(SPACE_PATH) && offset % AREA == AreaLayout.LEADER;
  }

  /** Whether a write at this place is one of the host block of the only resource of a duel. */
  static boolean isBlock(SimStorage storage, long offset) {
    return !storage.path().equals(SPACE_PATH)
        && offset >= blockOffset(1)
        && offset <= blockOffset(NUM_HOSTS);
  }

  /** Place of the block of a host in the first resource. */
  static long blockOffset(long hostId) {
    return LAYOUT.hostBlock(hostId);
  }

  /** An I/O in words. */
  static String io(SimStorage storage, boolean write, long offset, int length, byte[] written) {
    long inArea = offset % AREA;
    String verb = write ? "write " : "read ";
    if (storage.path().equals(SPACE_PATH)) {
      String what = length > 4096 ? "lockspace" : "delta lease " + (inArea / 512 + 1);
      return verb + what + (write ? " " + delta(written) : "");
    }
    String where = "r" + offset / AREA + storage.path().substring("/dev/disk".length());
    String place;
    if (length > 4096) {
      place = "area";
    } else if (inArea == 0) {
      place =
          "leader" + (write ? " " + leader(LeaderRecord.decode(BytesStore.wrap(written), 0)) : "");
    } else if (inArea == LAYOUT.valueBlock()) {
      place = "value";
    } else {
      place = "block " + (inArea / 512 - 1) + (write ? " " + block(written) : "");
    }
    return verb + where.charAt(0) + where.charAt(1) + "/" + where.substring(2) + " " + place;
  }

  private static String delta(byte[] sector) {
    LeaderRecord record = LeaderRecord.decode(BytesStore.wrap(sector), 0);
    return "gen " + record.ownerGeneration() + " ts " + record.timestamp();
  }

  static String leader(LeaderRecord leader) {
    return "lver "
        + leader.lver()
        + (leader.isFree() ? " free, last " : " owner ")
        + leader.ownerId()
        + "."
        + leader.ownerGeneration()
        + " by "
        + leader.writeId();
  }

  private static String block(byte[] sector) {
    HostBlock block = HostBlock.decode(BytesStore.wrap(sector), 0);
    var d = block.dblock();
    return "lver "
        + d.lver()
        + " mbal "
        + d.mbal()
        + " bal "
        + d.bal()
        + " inp "
        + d.inp()
        + "."
        + d.inp2()
        + (d.released() ? " RELEASED" : "")
        + (block.mode().isShared() ? " SHARED." + block.mode().generation() : "");
  }
}
