package io.sanlockd.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Where everything that could be otherwise is decided. */
final class Chance {
  private final SplittableRandom random;

  private final Set<Long> spared;
  private final List<Long> struck = new ArrayList<>();
  private long occasions;

  Chance(long seed) {
    this(seed, Set.of());
  }

  /**
   * As another with this seed, but without some of the misfortunes.
   *
   * @param spared their numbers, in the order of the occasions for them
   */
  Chance(long seed, Set<Long> spared) {
    this.random = new SplittableRandom(seed);
    this.spared = spared;
  }

  /** Whether something goes wrong. */
  boolean misfortune(double probability) {
    return of(probability) && strikes();
  }

  /** Whether something that goes wrong now is not spared. */
  boolean strikes() {
    long occasion = ++occasions;
    if (spared.contains(occasion)) {
      return false;
    }
    struck.add(occasion);
    return true;
  }

  /** The misfortunes that there were. */
  List<Long> struck() {
    return struck;
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
