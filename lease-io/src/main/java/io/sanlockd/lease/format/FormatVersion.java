package io.sanlockd.lease.format;

/**
 * On-disk format versions. The major number is the upper half of the version word; only it is
 * compared. We write the versions of sanlock 3.8.5 and keep the version found when we rewrite a
 * record. Newer majors are recognised by name but not used: their flags change the rules (v5.md 2),
 * and what we do not understand we do not touch.
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

  private FormatVersion() {}

  /** Whether two version words have the same major number. */
  public static boolean sameMajor(int version, int supported) {
    return (version & MAJOR_MASK) == (supported & MAJOR_MASK);
  }

  /**
   * A word about a version we do not use, for messages.
   *
   * @param version the version word found
   * @param supported {@link #DELTA} or {@link #PAXOS}
   */
  public static String describeForeign(int version, int supported) {
    int major = version >>> 16;
    boolean newer =
        (supported == DELTA && (major == 4 || major == 5)) || (supported == PAXOS && major == 7);
    return "format "
        + major
        + "."
        + (version & 0xffff)
        + (newer ? " (written by sanlock 5.x, not supported)" : " (unknown)");
  }
}
