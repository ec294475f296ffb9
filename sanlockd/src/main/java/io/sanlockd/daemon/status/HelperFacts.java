package io.sanlockd.daemon.status;

/**
 * What the DAEMON record says of the helper process.
 *
 * @param pid its pid, -1 = none
 * @param messageFd our end of the pipe to it, -1 = none
 * @param fullCount messages lost because the pipe was full
 * @param lastStatusSeconds monotonic seconds of its last sign of life
 * @param starts how many helpers there have been
 */
public record HelperFacts(
    int pid, int messageFd, int fullCount, long lastStatusSeconds, int starts) {
  /** There is no helper. */
  public static final HelperFacts NONE = new HelperFacts(-1, -1, 0, 0, 0);
}
