package io.sanlockd.lease.format;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.util.Optional;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * The leader record: 200 bytes at the start of a sector. A delta lease (one per host_id of a
 * lockspace) and the leader of a paxos lease (sector 0 of a resource) share this structure
 * (disk-format.md 4). Two records are equal when all 200 bytes are.
 *
 * @param magic what kind of record this is, see {@link Magic}
 * @param version format version, see {@link FormatVersion}
 * @param flags {@link #SHORT_HOLD}, {@link FormatFlags} and the align flag of the {@link Geometry}
 * @param sectorSize lease sector size in bytes
 * @param numHosts host blocks in use for ballots; 0 in a delta lease
 * @param maxHosts room for hosts; 1 in a delta lease
 * @param ownerId host_id of the (last) owner, 0 = never owned
 * @param ownerGeneration generation of that host_id
 * @param lver lease version, 0 in a delta lease
 * @param spaceName lockspace
 * @param resourceName resource; in a delta lease the name of the owning host
 * @param timestamp 0 = free, else seconds of the owner's monotonic clock
 * @param unused1 carried along unchanged
 * @param checksum as stored, see {@link #checksumValid}
 * @param unused2 carried along unchanged, 16 bits
 * @param ioTimeout delta lease: the owner's io_timeout in seconds, 16 bits
 * @param writeId paxos: host_id of the writer; delta: generation an event is for
 * @param writeGeneration paxos: generation of the writer; delta: event
 * @param writeTimestamp paxos: the writer's time; delta: event data
 */
public record LeaderRecord(
    int magic,
    int version,
    int flags,
    int sectorSize,
    long numHosts,
    long maxHosts,
    long ownerId,
    long ownerGeneration,
    long lver,
    LeaseName spaceName,
    LeaseName resourceName,
    long timestamp,
    long unused1,
    int checksum,
    int unused2,
    int ioTimeout,
    long writeId,
    long writeGeneration,
    long writeTimestamp) {

  /** Length of the record in bytes. */
  public static final int LENGTH = 200;

  /** Leader flag: owned only for the moment in which a host joins a shared lease. */
  public static final int SHORT_HOLD = 0x1;

  /** All fields zero: what an area never written looks like. */
  public static final LeaderRecord EMPTY =
      new LeaderRecord(
          0, 0, 0, 0, 0, 0, 0, 0, 0, LeaseName.EMPTY, LeaseName.EMPTY, 0, 0, 0, 0, 0, 0, 0, 0);

  private static final int MAGIC = 0;
  private static final int VERSION = 4;
  private static final int FLAGS = 8;
  private static final int SECTOR_SIZE = 12;
  private static final int NUM_HOSTS = 16;
  private static final int MAX_HOSTS = 24;
  private static final int OWNER_ID = 32;
  private static final int OWNER_GENERATION = 40;
  private static final int LVER = 48;
  private static final int SPACE_NAME = 56;
  private static final int RESOURCE_NAME = 104;
  private static final int TIMESTAMP = 152;
  private static final int UNUSED1 = 160;
  private static final int CHECKSUM = 168;
  private static final int UNUSED2 = 172;
  private static final int IO_TIMEOUT = 174;
  private static final int WRITE_ID = 176;
  private static final int WRITE_GENERATION = 184;
  private static final int WRITE_TIMESTAMP = 192;

  /** A record never owned, as initialisation writes it, with its checksum. */
  static LeaderRecord initial(
      int magic,
      int version,
      Geometry geometry,
      long numHosts,
      long maxHosts,
      LeaseName spaceName,
      LeaseName resourceName,
      int ioTimeout,
      long writeTimestamp) {
    return new LeaderRecord(
            magic,
            version,
            geometry.alignFlag(),
            geometry.sectorSize(),
            numHosts,
            maxHosts,
            0,
            0,
            0,
            spaceName,
            resourceName,
            0,
            0,
            0,
            0,
            ioTimeout,
            0,
            0,
            writeTimestamp)
        .sealed();
  }

  /** Decodes the 200 bytes at {@code offset}, whatever they are. */
  public static LeaderRecord decode(BytesStore<?, ?> store, long offset) {
    return new LeaderRecord(
        store.readInt(offset + MAGIC),
        store.readInt(offset + VERSION),
        store.readInt(offset + FLAGS),
        store.readInt(offset + SECTOR_SIZE),
        store.readLong(offset + NUM_HOSTS),
        store.readLong(offset + MAX_HOSTS),
        store.readLong(offset + OWNER_ID),
        store.readLong(offset + OWNER_GENERATION),
        store.readLong(offset + LVER),
        Fields.readName(store, offset + SPACE_NAME),
        Fields.readName(store, offset + RESOURCE_NAME),
        store.readLong(offset + TIMESTAMP),
        store.readLong(offset + UNUSED1),
        store.readInt(offset + CHECKSUM),
        store.readUnsignedShort(offset + UNUSED2),
        store.readUnsignedShort(offset + IO_TIMEOUT),
        store.readLong(offset + WRITE_ID),
        store.readLong(offset + WRITE_GENERATION),
        store.readLong(offset + WRITE_TIMESTAMP));
  }

  /** Encodes the 200 bytes at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.writeInt(offset + MAGIC, magic);
    store.writeInt(offset + VERSION, version);
    store.writeInt(offset + FLAGS, flags);
    store.writeInt(offset + SECTOR_SIZE, sectorSize);
    store.writeLong(offset + NUM_HOSTS, numHosts);
    store.writeLong(offset + MAX_HOSTS, maxHosts);
    store.writeLong(offset + OWNER_ID, ownerId);
    store.writeLong(offset + OWNER_GENERATION, ownerGeneration);
    store.writeLong(offset + LVER, lver);
    Fields.writeName(store, offset + SPACE_NAME, spaceName);
    Fields.writeName(store, offset + RESOURCE_NAME, resourceName);
    store.writeLong(offset + TIMESTAMP, timestamp);
    store.writeLong(offset + UNUSED1, unused1);
    store.writeInt(offset + CHECKSUM, checksum);
    store.writeUnsignedShort(offset + UNUSED2, unused2);
    store.writeUnsignedShort(offset + IO_TIMEOUT, ioTimeout);
    store.writeLong(offset + WRITE_ID, writeId);
    store.writeLong(offset + WRITE_GENERATION, writeGeneration);
    store.writeLong(offset + WRITE_TIMESTAMP, writeTimestamp);
  }

  /** The magic word at {@code offset} without decoding the rest. */
  public static int magicAt(BytesStore<?, ?> store, long offset) {
    return store.readInt(offset + MAGIC);
  }

  /** The flags at {@code offset} without decoding the rest. */
  public static int flagsAt(BytesStore<?, ?> store, long offset) {
    return store.readInt(offset + FLAGS);
  }

  /** The owner_id at {@code offset} without decoding the rest. */
  public static long ownerIdAt(BytesStore<?, ?> store, long offset) {
    return store.readLong(offset + OWNER_ID);
  }

  /** The owner_generation at {@code offset} without decoding the rest. */
  public static long ownerGenerationAt(BytesStore<?, ?> store, long offset) {
    return store.readLong(offset + OWNER_GENERATION);
  }

  /** The timestamp at {@code offset} without decoding the rest. */
  public static long timestampAt(BytesStore<?, ?> store, long offset) {
    return store.readLong(offset + TIMESTAMP);
  }

  /** Whether the record at {@code offset} belongs to lockspace {@code name}, without decoding. */
  public static boolean spaceNameIs(BytesStore<?, ?> store, long offset, NameMatcher name) {
    return name.matches(store, offset + SPACE_NAME);
  }

  /** The checksum that the bytes at {@code offset} should carry. */
  public static int computeChecksum(BytesStore<?, ?> store, long offset) {
    return Checksum.ofLeader(store, offset);
  }

  /** Whether the bytes at {@code offset} carry their right checksum. */
  public static boolean checksumValid(BytesStore<?, ?> store, long offset) {
    return store.readInt(offset + CHECKSUM) == Checksum.ofLeader(store, offset);
  }

  /** The same record with the checksum of its fields. Every changed record must be sealed. */
  public LeaderRecord sealed() {
    BytesStore<?, ?> scratch = BytesStore.wrap(new byte[LENGTH]);
    encode(scratch, 0);
    return withChecksum(Checksum.ofLeader(scratch, 0));
  }

  /** Sector and align size, empty when the combination is invalid. */
  public Optional<Geometry> geometry() {
    return Geometry.ofLeader(sectorSize, flags);
  }

  /** Whether bytes 0..151 are equal: the copies of one lease on several disks agree. */
  public boolean sameLease(LeaderRecord other) {
    return magic == other.magic
        && version == other.version
        && flags == other.flags
        && sectorSize == other.sectorSize
        && numHosts == other.numHosts
        && maxHosts == other.maxHosts
        && ownedBy(other.ownerId, other.ownerGeneration)
        && lver == other.lver
        && spaceName.equals(other.spaceName)
        && resourceName.equals(other.resourceName);
  }

  /** Whether both describe an area of the same sizes with the same host blocks in use. */
  public boolean sameSizes(LeaderRecord other) {
    return sectorSize == other.sectorSize
        && numHosts == other.numHosts
        && maxHosts == other.maxHosts
        && geometry().equals(other.geometry());
  }

  /** Whether nobody owns the lease. */
  public boolean isFree() {
    return timestamp == 0;
  }

  /** Whether {@code hostId} in {@code generation} is the (last) owner. */
  public boolean ownedBy(long hostId, long generation) {
    return ownerId == hostId && ownerGeneration == generation;
  }

  /**
   * A delta lease taken by a host: next generation, extra fields cleared (delta-lease.md 5.6,
   * 12.8).
   *
   * @param now seconds of the monotonic clock, not 0
   */
  public LeaderRecord deltaAcquired(long hostId, LeaseName hostName, int ioTimeout, long now) {
    return new LeaderRecord(
            magic,
            version,
            flags,
            sectorSize,
            numHosts,
            maxHosts,
            hostId,
            ownerGeneration + 1,
            lver,
            spaceName,
            hostName,
            now,
            unused1,
            0,
            unused2,
            ioTimeout & 0xff,
            0,
            0,
            0)
        .sealed();
  }

  /** A delta lease renewed with new time and event fields (delta-lease.md 6.3). */
  public LeaderRecord deltaRenewed(
      int ioTimeout, long now, long eventGeneration, long event, long eventData) {
    return new LeaderRecord(
            magic,
            version,
            flags,
            sectorSize,
            numHosts,
            maxHosts,
            ownerId,
            ownerGeneration,
            lver,
            spaceName,
            resourceName,
            now,
            unused1,
            0,
            unused2,
            ioTimeout & 0xff,
            eventGeneration,
            event,
            eventData)
        .sealed();
  }

  /** A delta lease given back: only the timestamp becomes 0 (delta-lease.md 7). */
  public LeaderRecord deltaReleased() {
    return withTimestampAndWriter(0, flags, resourceName, writeId, writeGeneration, writeTimestamp);
  }

  /**
   * A paxos lease with a decided owner (paxos-lease.md 5).
   *
   * @param decided the block of the ballot that decided it
   * @param newNumHosts host blocks in use from now on
   * @param newFlags complete flags
   * @param now the writer's monotonic seconds
   */
  public LeaderRecord committed(
      Dblock decided, long newNumHosts, int newFlags, long hostId, long generation, long now) {
    return new LeaderRecord(
            magic,
            version,
            newFlags,
            sectorSize,
            newNumHosts,
            maxHosts,
            decided.inp(),
            decided.inp2(),
            decided.lver(),
            spaceName,
            resourceName,
            decided.inp3(),
            unused1,
            0,
            unused2,
            ioTimeout,
            hostId,
            generation,
            now)
        .sealed();
  }

  /** A paxos lease given back: owner and version stay (paxos-lease.md 6.4). */
  public LeaderRecord freed(LeaseName newResourceName, long hostId, long generation, long now) {
    return withTimestampAndWriter(0, flags & ~SHORT_HOLD, newResourceName, hostId, generation, now);
  }

  private LeaderRecord withTimestampAndWriter(
      long newTimestamp,
      int newFlags,
      LeaseName newResourceName,
      long newWriteId,
      long newWriteGeneration,
      long newWriteTimestamp) {
    return new LeaderRecord(
            magic,
            version,
            newFlags,
            sectorSize,
            numHosts,
            maxHosts,
            ownerId,
            ownerGeneration,
            lver,
            spaceName,
            newResourceName,
            newTimestamp,
            unused1,
            0,
            unused2,
            ioTimeout,
            newWriteId,
            newWriteGeneration,
            newWriteTimestamp)
        .sealed();
  }

  private LeaderRecord withChecksum(int newChecksum) {
    return new LeaderRecord(
        magic,
        version,
        flags,
        sectorSize,
        numHosts,
        maxHosts,
        ownerId,
        ownerGeneration,
        lver,
        spaceName,
        resourceName,
        timestamp,
        unused1,
        newChecksum,
        unused2,
        ioTimeout,
        writeId,
        writeGeneration,
        writeTimestamp);
  }
}
