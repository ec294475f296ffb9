package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.exposition.Family.Kind;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** What there is to say about the process and its JVM, under the names that others use, too. */
final class ProcessFamilies {
  private static final long KILOBYTE = 1024;

  private ProcessFamilies() {}

  /**
   * The families.
   *
   * @param proc directory of our own process below /proc; what it does not tell is left out
   */
  static List<Family> of(Path proc) {
    List<Family> families = new ArrayList<>();
    OptionalLong resident = residentBytes(proc.resolve("status"));
    if (resident.isPresent()) {
      families.add(
          Family.of(
              "process_resident_memory_bytes",
              Kind.GAUGE,
              "Memory of the process that is in RAM.",
              samples -> samples.gauge(Labels.NONE, resident.getAsLong())));
    }
    ProcessHandle.Info info = ProcessHandle.current().info();
    Optional<Duration> busy = info.totalCpuDuration();
    if (busy.isPresent()) {
      families.add(
          Family.of(
              "process_cpu_seconds",
              Kind.COUNTER,
              "Processor time used by the process.",
              samples -> samples.counterOfNanos(Labels.NONE, busy.get().toNanos())));
    }
    Optional<Instant> start = info.startInstant();
    if (start.isPresent()) {
      families.add(
          Family.of(
              "process_start_time_seconds",
              Kind.GAUGE,
              "When the process was started, in seconds since 1970.",
              samples ->
                  samples.gaugeOfNanos(
                      Labels.NONE, TimeUnit.MILLISECONDS.toNanos(start.get().toEpochMilli()))));
    }
    families.add(
        Family.of(
            "jvm_memory_used_bytes",
            Kind.GAUGE,
            "Heap in use, with what the next collection will free.",
            samples -> samples.gauge(heap(), usedHeapBytes())));
    families.add(
        Family.of(
            "jvm_memory_max_bytes",
            Kind.GAUGE,
            "Largest heap there can be.",
            samples -> samples.gauge(heap(), Runtime.getRuntime().maxMemory())));
    families.add(
        Family.of(
            "jvm_gc_collection_seconds",
            Kind.SUMMARY,
            "Garbage collections, during which everything in the JVM stands still.",
            ProcessFamilies::collections));
    return families;
  }

  private static Labels heap() {
    return Labels.of("area", "heap");
  }

  private static long usedHeapBytes() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void collections(Samples samples) {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      samples.summary(
          Labels.of("gc", collector.getName()),
          Math.max(0, collector.getCollectionCount()),
          TimeUnit.MILLISECONDS.toNanos(Math.max(0, collector.getCollectionTime())));
    }
  }

  /** The line "VmRSS: 12345 kB". */
  private static OptionalLong residentBytes(Path status) {
    try {
      return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .filter(digits -> !digits.isEmpty())
          .mapToLong(digits -> Long.parseLong(digits) * KILOBYTE)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
