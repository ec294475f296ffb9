package io.sanlockd.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a daemon uses, seen from outside at moments of rest, and whether that grows. A leak is what
 * still grows after the first third of the time: the typical slope times the time observed is more
 * than what comes and goes. When that third was long enough for everything to be in memory that is
 * touched only once, less may come and go.
 */
final class SoakWatch {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final double SETTLED_SECONDS = 600;
  private static final Pattern NUMBER = Pattern.compile("(?:used|committed=|VmRSS:\\s+)\\s*(\\d+)");

  /** What is measured, and by how much it may differ between the begin and the end. */
  enum Measure {
    DESCRIPTORS(4, 4),
    THREADS(4, 4),
    /** Kilobytes of the Java heap in use after a collection. */
    HEAP(512, 512),
    /** Kilobytes that the JVM has committed outside of the heap. */
    NATIVE(6 * 1024, 512),
    /** Kilobytes of memory in use as the kernel counts it. */
    RESIDENT(12 * 1024, 1024);

    private final double toleratedEarly;
    private final double toleratedSettled;

    Measure(double toleratedEarly, double toleratedSettled) {
      this.toleratedEarly = toleratedEarly;
      this.toleratedSettled = toleratedSettled;
    }
  }

  /** One look. */
  record Sample(double seconds, Map<Measure, Double> values) {}

  private final long pid;
  private final long startNanos = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();

  /** Watches a process; its JVM was started with native memory tracking. */
  SoakWatch(long pid) {
    this.pid = pid;
  }

  /** Looks once; nothing should be going on. */
  void look() throws IOException {
    jcmd("GC.run");
    Map<Measure, Double> values = new EnumMap<>(Measure.class);
    values.put(Measure.DESCRIPTORS, entries("fd"));
    values.put(Measure.THREADS, entries("task"));
    values.put(Measure.HEAP, numbers(jcmd("GC.heap_info"), "generation .*used"));
    String tracked = jcmd("VM.native_memory", "summary", "scale=KB");
    values.put(Measure.NATIVE, numbers(tracked, "Total:") - numbers(tracked, "- +Java Heap \\("));
    values.put(Measure.RESIDENT, numbers(Files.readString(proc("status")), "VmRSS:"));
    add(new Sample((System.nanoTime() - startNanos) / 1e9, values));
  }

  /** What a look has found. */
  void add(Sample sample) {
    samples.add(sample);
  }

  private Path proc(String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }

  private double entries(String directory) throws IOException {
    try (Stream<Path> found = Files.list(proc(directory))) {
      return found.count();
    }
  }

  private String jcmd(String... command) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    all.add(Long.toString(pid));
    all.addAll(List.of(command));
    return Command.run(all, Map.of(), LIMIT).succeeded().out();
  }

  /** The sum of what the lines say that contain something. */
  private static double numbers(String text, String lines) {
    Pattern wanted = Pattern.compile(lines);
    double sum = 0;
    int found = 0;
    for (String line : text.lines().filter(wanted.asPredicate()).toList()) {
      Matcher number = NUMBER.matcher(line);
      if (number.find()) {
        sum += Double.parseDouble(number.group(1));
        found++;
      }
    }
    if (found == 0) {
      throw new IllegalStateException("no " + lines + " in " + text);
    }
    return sum;
  }

  /** One line for each measure that grows. */
  List<String> leaks() {
    return Arrays.stream(Measure.values()).filter(this::grows).map(this::told).toList();
  }

  private boolean grows(Measure measure) {
    return growth(measure) > tolerated(measure);
  }

  private double tolerated(Measure measure) {
    boolean longEnough = settled().get(0).seconds >= SETTLED_SECONDS;
    return longEnough ? measure.toleratedSettled : measure.toleratedEarly;
  }

  private List<Sample> settled() {
    return samples.subList(samples.size() / 3, samples.size());
  }

  /** The median of the slopes between any two samples, times the time between first and last. */
  private double growth(Measure measure) {
    List<Sample> late = settled();
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < late.size(); i++) {
      for (Sample later : late.subList(i + 1, late.size())) {
        Sample earlier = late.get(i);
        double difference = later.values.get(measure) - earlier.values.get(measure);
        slopes.add(difference / (later.seconds - earlier.seconds));
      }
    }
    slopes.sort(null);
    double span = late.get(late.size() - 1).seconds - late.get(0).seconds;
    return slopes.get(slopes.size() / 2) * span;
  }

  private String told(Measure measure) {
    List<Sample> late = settled();
    return String.format(
        Locale.ROOT,
        "%-11s first %.0f, after warm-up %.0f, last %.0f, trend %+.1f (tolerated %.0f)%s",
        measure.name().toLowerCase(Locale.ROOT),
        samples.get(0).values.get(measure),
        late.get(0).values.get(measure),
        late.get(late.size() - 1).values.get(measure),
        growth(measure),
        tolerated(measure),
        grows(measure) ? " LEAK" : "");
  }

  /** The whole verdict, one line for each measure. */
  String report() {
    return String.join("\n", Arrays.stream(Measure.values()).map(this::told).toList());
  }
}
