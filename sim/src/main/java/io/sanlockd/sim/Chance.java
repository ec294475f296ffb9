package io.sanlockd.sim;

import java.util.SplittableRandom;

/** Where everything that could be otherwise is decided. */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Whether something happens. */
  boolean of(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** 0..bound-1. */
  long below(long bound) {
    return random.nextLong(bound);
  }

  /** 0..bound-1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From least to most, all magnitudes alike. */
  long between(long least, long most) {
    return (long) (least * Math.pow((double) most / least, random.nextDouble()));
  }
}
