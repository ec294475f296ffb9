package io.sanlockd.model.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this JVM holds: descriptors, threads, live heap. A run of any length must leave about as
 * much as there was after its first cases, when everything that is made once has been made.
 *
 * @param descriptors open files
 * @param threads that live
 * @param heapBytes in use after a collection
 */
record Footprint(long descriptors, int threads, long heapBytes) {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int COLLECTIONS = 3;

  /** Threads of pools, and what they have open, come and go. */
  private static final int SOME = 4;

  /** Compiled patterns, strings and the like; far less than any input kept for each case. */
  private static final long SOME_BYTES = 8L << 20;

  static Footprint now() {
    // Only a collection after finalisation and reference handling shows what is really held.
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return new Footprint(
        descriptorCount(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        runtime.totalMemory() - runtime.freeMemory());
  }

  private static long descriptorCount() {
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.count();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Checks that nothing was left behind since. */
  void assertNothingLeaked(String name) {
    Footprint after = now();
    String text = name + ": " + this + " became " + after;
    assertThat(after.descriptors).as(text).isLessThanOrEqualTo(descriptors + SOME);
    assertThat(after.threads).as(text).isLessThanOrEqualTo(threads + SOME);
    assertThat(after.heapBytes).as(text).isLessThanOrEqualTo(heapBytes + SOME_BYTES);
  }
}
