package io.sanlockd.daemon.boot;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.daemon.flight.FlightRecorder;
import io.sanlockd.daemon.incarnation.Incarnation;
import io.sanlockd.daemon.incarnation.KernelProcesses;
import io.sanlockd.daemon.incarnation.Machine;
import io.sanlockd.daemon.log.DaemonLog;
import io.sanlockd.daemon.log.LogSettings;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.SystemClock;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.LockFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The daemon as it is started in production, on a thread of this JVM. */
final class RealDaemon implements AutoCloseable {
  private static final long END_SECONDS = 60;

  private final Path directory;
  private final AtomicReference<Runnable> termination = new AtomicReference<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final LockFile lock;
  private final DaemonLog log;
  private final FlightRecorder flight;

  private RealDaemon(Path directory, String... words) throws IOException, DaemonOptions.BadOption {
    this.directory = directory;
    RunDirectory runDirectory = RunDirectory.of(directory.toString());
    runDirectory.create(-1, -1);
    this.lock = runDirectory.lock();
    Clock clock = new SystemClock();
    this.flight = new FlightRecorder(clock);
    this.log =
        new DaemonLog(
            new LogSettings(directory.resolve("log"), 7, -1, 4, false, true, Set.of()),
            clock,
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1),
            flight);
    DaemonOptions options = DaemonOptions.parse(words, NOBODY);
    LeaseName hostName = options.hostName.orElseGet(() -> HostName.of(directory.toString()));
    Daemon daemon =
        Daemon.create(
            options,
            hostName,
            Incarnation.begin(
                directory,
                hostName,
                Machine.read(Path.of("/")),
                new KernelProcesses(),
                log.prefixed("")),
            runDirectory,
            -1,
            -1,
            Optional.empty(),
            log,
            flight,
            clock,
            termination::set);
    Thread thread =
        new Thread(
            () -> {
              try {
                daemon.run();
                end.complete(null);
              } catch (IOException | RuntimeException e) {
                end.completeExceptionally(e);
              }
            },
            "main-loop");
    thread.setDaemon(true);
    thread.start();
  }

  private static final DaemonOptions.Accounts NOBODY =
      new DaemonOptions.Accounts() {
        @Override
        public OptionalInt uid(String user) {
          return OptionalInt.empty();
        }

        @Override
        public OptionalInt gid(String group) {
          return OptionalInt.empty();
        }
      };

  static RealDaemon start(Path directory, String... words) {
    try {
      return new RealDaemon(directory, words);
    } catch (IOException | DaemonOptions.BadOption e) {
      throw new IllegalStateException(e);
    }
  }

  Path socket() {
    return directory.resolve("sanlock.sock");
  }

  SanlockClient client() {
    return new SanlockClient(
        Endpoint.ofRunDirectory(directory.toString()).withReadTimeout(60, TimeUnit.SECONDS));
  }

  /** What a termination signal does. */
  void terminate() {
    termination.get().run();
  }

  /** What happens after an internal error. */
  InternalErrors errors() {
    return new InternalErrors(log, flight);
  }

  /** Waits until it has ended. */
  void awaitEnd() {
    end.join();
  }

  boolean ended() {
    return end.isDone();
  }

  /** A name. */
  static LeaseName name(String text) {
    return LeaseName.of(text);
  }

  @Override
  public void close() {
    try {
      if (!ended()) {
        client().shutdown(true);
      }
      end.get(END_SECONDS, TimeUnit.SECONDS);
      lock.close();
    } catch (Exception e) {
      throw new AssertionError("the daemon does not end", e);
    } finally {
      log.close();
    }
  }
}
