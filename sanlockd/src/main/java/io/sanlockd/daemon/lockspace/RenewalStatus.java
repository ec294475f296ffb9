package io.sanlockd.daemon.lockspace;

import io.sanlockd.model.ResultCode;

/**
 * What the renewal thread last reported. Times are monotonic seconds, results are 1 for good, 0 for
 * not yet, negative for a failure.
 *
 * @param acquireResult result of taking the delta lease
 * @param acquireAttempt when the acquire began
 * @param acquireSuccess time of the write that took it
 * @param renewalResult result of the last renewal attempt
 * @param renewalAttempt when it began
 * @param renewalSuccess time before the last good write
 * @param suspendedNanosBefore how long the host had been suspended before that
 * @param corruptResult first result that said our lease was overwritten, 0 = none; sticky
 */
public record RenewalStatus(
    int acquireResult,
    long acquireAttempt,
    long acquireSuccess,
    int renewalResult,
    long renewalAttempt,
    long renewalSuccess,
    long suspendedNanosBefore,
    int corruptResult) {
  private static final int ACQUIRED = 1;

  /** Nothing has happened yet. */
  static final RenewalStatus NONE = new RenewalStatus(0, 0, 0, 0, 0, 0, 0, 0);

  static RenewalStatus refused(int result, long attempt) {
    return new RenewalStatus(result, attempt, 0, result, attempt, 0, 0, 0);
  }

  static RenewalStatus acquired(long attempt, long success, long suspendedNanos) {
    return new RenewalStatus(
        ACQUIRED, attempt, success, ACQUIRED, attempt, success, suspendedNanos, 0);
  }

  RenewalStatus renewed(int result, long attempt, long success, long suspendedNanos) {
    int corrupt = corruptResult == 0 && isCorrupt(result) ? result : corruptResult;
    return new RenewalStatus(
        acquireResult,
        acquireAttempt,
        acquireSuccess,
        result,
        attempt,
        success,
        suspendedNanos,
        corrupt);
  }

  /** The results that mean that somebody overwrote our lease (delta-lease.md 6.4). */
  private static boolean isCorrupt(int result) {
    return (result <= -223 && result >= -226)
        || result == -229
        || result == -260
        || result == -261
        || result == ResultCode.RENEW_DEAD_EXT.number()
        || result == ResultCode.CAW_OPEN.number();
  }
}
