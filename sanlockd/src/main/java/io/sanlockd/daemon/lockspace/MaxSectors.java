package io.sanlockd.daemon.lockspace;

/**
 * How large the requests to a block device with a lockspace may become, so that the read of a whole
 * area is one (lockspace.md 13).
 *
 * @param ignore devices are left as they are
 * @param align the align size of the lockspace decides
 * @param kilobytes otherwise this, 0 with one of the others
 */
public record MaxSectors(boolean ignore, boolean align, int kilobytes) {
  /** Largest number that can be configured. */
  public static final int MAX_KB = 8192;

  /** What is tried unless something else is configured. */
  public static final int DEFAULT_KB = 1024;

  /** Leaves devices alone. */
  public static final MaxSectors IGNORE = new MaxSectors(true, false, 0);

  /** As large as the area. */
  public static final MaxSectors ALIGN = new MaxSectors(false, true, 0);

  /** The default. */
  public static final MaxSectors STANDARD = of(DEFAULT_KB);

  /** A fixed size. */
  public static MaxSectors of(int kilobytes) {
    return new MaxSectors(false, false, kilobytes);
  }

  /**
   * What to set for a device.
   *
   * @param alignBytes align size of the lockspace
   * @param hardwareKb what the device can do at most, 0 = unknown
   * @return kilobytes, 0 = leave it
   */
  int wanted(int alignBytes, int hardwareKb) {
    if (ignore || hardwareKb <= 0) {
      return 0;
    }
    int target = align ? alignBytes / 1024 : kilobytes;
    if (hardwareKb >= target) {
      return target;
    }
    return hardwareKb < DEFAULT_KB || target < DEFAULT_KB ? 0 : DEFAULT_KB;
  }
}
