package io.sanlockd.lease.format;

/** First word of each kind of record (disk-format.md 4, 7, 10). */
public final class Magic {
  /** Delta lease of a lockspace. */
  public static final int DELTA = 0x12212010;

  /** Leader of a paxos lease. */
  public static final int PAXOS = 0x06152010;

  /** Leader of a paxos lease that was cleared: names and sizes stay readable, nothing else. */
  public static final int PAXOS_CLEARED = 0x11282016;

  /** Request record. */
  public static final int REQUEST = 0x08292011;

  /** Header of a resource index. */
  public static final int INDEX = 0x01042018;

  private Magic() {}
}
