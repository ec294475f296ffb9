package io.sanlockd.protocol;

/** SANLK_LSF_*: bits of {@link Lockspace#flags()} (7.1). Sizes: {@code Geometry.apiFlags()}. */
public final class LockspaceFlags {
  /** Is being added. */
  public static final int ADD = 0x1;

  /** Is being removed. */
  public static final int REM = 0x2;

  private LockspaceFlags() {}
}
