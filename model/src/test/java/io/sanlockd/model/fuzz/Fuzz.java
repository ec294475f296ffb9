package io.sanlockd.model.fuzz;

import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs a target with many inputs. {@code -Dfuzz.count} replaces the number of cases and {@code
 * -Dfuzz.seed} the first seed; case N of a run is case 0 of the run whose seed is N larger.
 */
public final class Fuzz {
  private static final long DEFAULT_SEED = 1;
  private static final long HANG_MINUTES = 5;
  private static final int EXIT_HANG = 99;

  /** Cases after which everything that is made once has been made: a tenth, at most so many. */
  private static final long WARM_UP = 1000;

  /** What is fed. Anything it throws is a failure. */
  @FunctionalInterface
  public interface Target {
    /** One case. */
    void run(Input input) throws Exception;
  }

  private Fuzz() {}

  /** The cases of a run: those of a short one, unless the caller wants another number. */
  public static long count(long shortRun) {
    return Long.getLong("fuzz.count", shortRun);
  }

  /** The seed of the first case. */
  public static long seed() {
    return Long.getLong("fuzz.seed", DEFAULT_SEED);
  }

  /**
   * Runs all cases.
   *
   * @param name of the target, for messages
   * @param shortRun cases when nothing else is asked for
   */
  public static void run(String name, long shortRun, Target target) {
    runCases(name, count(shortRun), target);
  }

  /**
   * As {@link #run} where one case is not one input: exactly so many cases. Fails also when
   * descriptors, threads or memory were left behind.
   */
  public static void runCases(String name, long count, Target target) {
    Watch watch = new Watch(name);
    watch.start();
    try {
      long warm = seed() + Math.min(WARM_UP, count / 10);
      runCases(name, seed(), warm, target, watch);
      Footprint before = Footprint.now();
      long begin = System.nanoTime();
      runCases(name, warm, seed() + count, target, watch);
      System.out.printf(
          "%s: %d cases in %d s%n",
          name, count, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
      before.assertNothingLeaked(name);
    } finally {
      watch.interrupt();
    }
  }

  /** Runs one case, which once failed. */
  public static void repeat(String name, long seed, Target target) {
    runCases(name, seed, seed + 1, target, new Watch(name));
  }

  private static void runCases(String name, long from, long end, Target target, Watch watch) {
    for (long seed = from; seed < end; seed++) {
      Input input = new Input(seed);
      watch.begin(seed, input);
      try {
        target.run(input);
      } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError(describe(name, seed, input), e);
      }
    }
  }

  private static String describe(String name, long seed, Input input) {
    return "fuzz target "
        + name
        + ", repeat with -Dfuzz.count=1 -Dfuzz.seed="
        + seed
        + ", input "
        + HexFormat.of().formatHex(input.current());
  }

  /** Ends the JVM when a case does not end: a hang is a failure that can not be thrown. */
  private static final class Watch extends Thread {
    private final String name;
    private final Thread worker = Thread.currentThread();
    private final AtomicLong seed = new AtomicLong();
    private volatile Input input;

    Watch(String name) {
      super("fuzz-watch");
      this.name = name;
      setDaemon(true);
    }

    void begin(long newSeed, Input newInput) {
      input = newInput;
      seed.set(newSeed);
    }

    @Override
    public void run() {
      try {
        long before = -1;
        while (seed.get() != before) {
          before = seed.get();
          TimeUnit.MINUTES.sleep(HANG_MINUTES);
        }
        System.err.println("hangs: " + describe(name, seed.get(), input));
        for (StackTraceElement frame : worker.getStackTrace()) {
          System.err.println("  at " + frame);
        }
        Runtime.getRuntime().halt(EXIT_HANG);
      } catch (InterruptedException e) {
        // All cases have ended.
        Thread.currentThread().interrupt();
      }
    }
  }
}
