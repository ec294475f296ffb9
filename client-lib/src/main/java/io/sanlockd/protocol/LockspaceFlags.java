package io.sanlockd.protocol;

/** SANLK_LSF_*: bits of {@link Lockspace#flags()} (7.1). Sizes: {@code Geometry.apiFlags()}. */
public final class LockspaceFlags {
  /** Is being added. */
  public static final int ADD = 0x1;

  /** Is being removed. */
  public static final int REM = 0x2;

  /** READ_LOCKSPACE of newer formats: leases do not end by time (v5.md 7.8). */
  public static final int NO_TIMEOUT = 0x4;

  /** READ_LOCKSPACE of newer formats: the leases use COMPARE AND WRITE (v5.md 7.8). */
  public static final int USING_CAW = 0x8;

  private LockspaceFlags() {}
}
