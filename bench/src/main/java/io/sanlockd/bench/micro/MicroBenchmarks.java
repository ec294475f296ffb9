package io.sanlockd.bench.micro;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs all benchmarks of this package. */
public final class MicroBenchmarks {
  private static final int WARM_UP_ROUNDS = 3;
  private static final int ROUNDS = 5;

  private MicroBenchmarks() {}

  /**
   * Prints JMH's table. Each benchmark has a JVM of its own with the daemon's collector.
   *
   * @throws RunnerException what JMH can not do
   */
  public static void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(MicroBenchmarks.class.getPackageName() + "\\..*")
                .forks(1)
                .warmupIterations(WARM_UP_ROUNDS)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(ROUNDS)
                .measurementTime(TimeValue.seconds(1))
                .jvmArgsAppend(
                    "-XX:+UseSerialGC",
                    "-Xmx64m",
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED")
                .build())
        .run();
  }
}
