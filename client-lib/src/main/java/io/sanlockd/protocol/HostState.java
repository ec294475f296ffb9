package io.sanlockd.protocol;

/** What a daemon thinks of a host: SANLK_HOST_* in bits 0 to 3 of {@link Host#flags()} (7.1). */
public enum HostState {
  /** No state, or one this version does not know; the command line prints it under this name. */
  ERROR(0),
  /** Not seen long enough to tell. */
  UNKNOWN(1),
  /** The host_id is not in use. */
  FREE(2),
  /** Renewing. */
  LIVE(3),
  /** Not renewed for 8 io_timeouts. */
  FAIL(4),
  /** Certainly reset by its watchdog. */
  DEAD(5);

  /** Bits of the flags that hold the state. */
  public static final int MASK = 0xf;

  /** Further flag: another host has declared the host dead (v5.md 6.2). */
  public static final int DEAD_EXT = 0x10;

  private final int number;

  HostState(int number) {
    this.number = number;
  }

  /** The value in the flags. */
  public int number() {
    return number;
  }

  /** The state in flags, {@link #ERROR} when it has no name. */
  public static HostState of(int flags) {
    return switch (flags & MASK) {
      case 1 -> UNKNOWN;
      case 2 -> FREE;
      case 3 -> LIVE;
      case 4 -> FAIL;
      case 5 -> DEAD;
      default -> ERROR;
    };
  }
}
