package io.sanlockd.lease.format;

/**
 * On-disk format versions. The major number is the upper half of the version word; only it is
 * compared. We write the versions of sanlock 3.8.5, understand those that later releases write
 * (v5.md 2) and keep the version found when we rewrite a record.
 */
public final class FormatVersion {
  /** Delta leader records as written by 3.8.5: major 3, minor 4. */
  public static final int DELTA = 0x0003_0004;

  /** Paxos leader records as written by 3.8.5: major 6, minor 4. */
  public static final int PAXOS = 0x0006_0004;

  /** Request records: major 1, minor 1. */
  public static final int REQUEST = 0x0001_0001;

  /** Resource index headers: major 1, minor 2. */
  public static final int INDEX = 0x0001_0002;

  private static final int MAJOR_MASK = 0xffff_0000;
  private static final int NEWEST_DELTA_MAJOR = 5;
  private static final int NEWEST_PAXOS_MAJOR = 7;

  private FormatVersion() {}

  /** The major number of a version word. */
  static int major(int version) {
    return version >>> 16;
  }

  /** Whether two version words have the same major number. */
  public static boolean sameMajor(int version, int supported) {
    return (version & MAJOR_MASK) == (supported & MAJOR_MASK);
  }

  /** Whether a delta leader record of this version can be read: major 3 to 5. */
  public static boolean readableDelta(int version) {
    return major(version) >= major(DELTA) && major(version) <= NEWEST_DELTA_MAJOR;
  }

  /** Whether a paxos leader record of this version can be read: major 6 or 7. */
  public static boolean readablePaxos(int version) {
    return major(version) >= major(PAXOS) && major(version) <= NEWEST_PAXOS_MAJOR;
  }

  /** A word about a version we can not read, for messages. */
  public static String describeForeign(int version) {
    return "format " + major(version) + "." + (version & 0xffff) + " (unknown)";
  }
}
