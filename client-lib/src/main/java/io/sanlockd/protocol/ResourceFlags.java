package io.sanlockd.protocol;

/** SANLK_RES_*: bits of {@link Resource#flags()} (7.1). Sizes: {@code Geometry.apiFlags()}. */
public final class ResourceFlags {
  /** The version in lver is required. */
  public static final int LVER = 0x1;

  /** data32 is the new number of hosts. */
  public static final int NUM_HOSTS = 0x2;

  /** Shared mode. */
  public static final int SHARED = 0x4;

  /** Becomes an orphan when its process ends. */
  public static final int PERSISTENT = 0x8;

  /** READ_RESOURCE of newer formats: the lease uses COMPARE AND WRITE (v5.md 7.8). */
  public static final int USING_CAW = 0x400;

  private ResourceFlags() {}
}
