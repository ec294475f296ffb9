package io.sanlockd.lease;

/** Source of random delays. Thread-safe. */
@FunctionalInterface
public interface Randomness {
  /** A uniformly distributed number in 0..bound-1. */
  long below(long bound);
}
