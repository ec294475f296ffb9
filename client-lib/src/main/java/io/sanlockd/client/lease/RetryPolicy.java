package io.sanlockd.client.lease;

import io.sanlockd.model.Check;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to pause before the next attempt to take a lease that somebody else has. Used by several
 * threads at once.
 */
@FunctionalInterface
public interface RetryPolicy {
  /**
   * Starts at a quarter of a second, ends at four seconds: quick when it is short, mild to disks.
   */
  RetryPolicy DEFAULT = backoff(Duration.ofMillis(250), Duration.ofSeconds(4));

  /**
   * The pause before an attempt.
   *
   * @param refusals attempts made so far, 1 or more
   * @return 0 or more; cut to what is left until the deadline
   */
  Duration pause(int refusals);

  /** The same pause each time. */
  static RetryPolicy every(Duration pause) {
    Check.argument(!pause.isNegative(), "a negative pause");
    return refusals -> pause;
  }

  /** Doubling pauses, each a random half shorter so that hosts do not keep step. */
  static RetryPolicy backoff(Duration first, Duration longest) {
    Check.argument(!first.isNegative() && !first.isZero(), "the first pause is not positive");
    Check.argument(longest.compareTo(first) >= 0, "the longest pause is shorter than the first");
    return refusals -> {
      Duration pause = first;
      for (int i = 1; i < refusals && pause.compareTo(longest) < 0; i++) {
        pause = pause.multipliedBy(2);
      }
      long nanos = (pause.compareTo(longest) < 0 ? pause : longest).toNanos();
      return Duration.ofNanos(nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    };
  }
}
