package io.sanlockd.protocol;

/** SANLK_CONFIG_*: exact values of SET_CONFIG in {@link MessageHeader#data()}, no mask (7.1). */
public final class ConfigValue {
  /** The lockspace is used by something outside of sanlock. */
  public static final int USED = 1;

  /** No longer. */
  public static final int UNUSED = 2;

  /** Orphans count as use of the lockspace. */
  public static final int USED_BY_ORPHANS = 4;

  /** No longer. */
  public static final int UNUSED_BY_ORPHANS = 8;

  private ConfigValue() {}
}
