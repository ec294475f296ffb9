package io.sanlockd.it;

import io.sanlockd.wdmd.client.WdmdConnection;
import io.sanlockd.wdmd.testing.DeviceOperation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.FakeWatchdog;
import io.sanlockd.wdmd.testing.WdmdWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/**
 * A host with a watchdog: a fake device that resets nothing and records everything, and a wdmd of
 * either implementation that drives it, in a world of their own.
 */
final class WatchdogHost implements AutoCloseable {
  /** The fire timeout of the device and of all these tests. */
  static final int FIRE_SECONDS = 60;

  /** Time between two tests of wdmd. */
  static final int TEST_SECONDS = 10;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Implementation implementation;
  private final WdmdWorld world;
  private final FakeWatchdog device;
  private Process wdmd;

  private WatchdogHost(Implementation implementation, WdmdWorld world, FakeWatchdog device) {
    this.implementation = implementation;
    this.world = world;
    this.device = device;
  }

  /** Starts wdmd and waits until it has opened the device; skips the test where not possible. */
  static WatchdogHost start(Implementation wdmd, Path directory) throws Exception {
    WdmdWorld.require();
    FakeWatchdog.require();
    FakeWatchdog device =
        FakeWatchdog.mount(Files.createDirectory(directory.resolve("watchdog-device")));
    WatchdogHost host = new WatchdogHost(wdmd, new WdmdWorld(directory.resolve("world")), device);
    try {
      host.wdmd = host.launchWdmd();
      Await.until("wdmd answers", LIMIT, host::answers);
    } catch (Exception | AssertionError e) {
      host.close();
      throw e;
    }
    return host;
  }

  /** Starts a wdmd on the device, without waiting for anything. */
  Process launchWdmd() throws IOException {
    return world.start(
        List.of(implementation.wdmd().toString(), "-D", "-w", device.path().toString()),
        "wdmd.log");
  }

  /**
   * How long after an expiry it may close the device. The C wdmd looks once an interval and reckons
   * in whole seconds; delayed by a fraction of one it still closes, and so pings, right after it.
   */
  double latenessSeconds() {
    return implementation == Implementation.C ? 1 : 0;
  }

  /** Makes a command one that runs on this host; it keeps its process id. */
  List<String> inside(List<String> command) {
    return world.inside(command);
  }

  /** Whether wdmd answers a question, and so has done everything that it was told before. */
  boolean answers() {
    try (WdmdConnection connection = WdmdConnection.connect(world.socket(), LIMIT)) {
      var unused = connection.status(LIMIT);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  Process wdmd() {
    return wdmd;
  }

  /** Sends wdmd a signal by name, such as STOP, CONT or TERM. */
  void signalWdmd(String name) throws IOException {
    Command.run(List.of("/bin/kill", "-" + name, Long.toString(wdmd.pid())), Map.of(), LIMIT)
        .succeeded();
  }

  /** What happened to the device. */
  List<DeviceOperation> operations() {
    return device.record().operations();
  }

  /** The operations of some kinds, oldest first. */
  List<DeviceOperation> operations(Kind... kinds) {
    List<Kind> wanted = List.of(kinds);
    return operations().stream().filter(operation -> wanted.contains(operation.what())).toList();
  }

  /** Waits for an operation of this kind behind the first {@code known}. */
  DeviceOperation awaitOperation(Kind kind, int known) throws Exception {
    return Await.value(
            "the device sees " + kind,
            LIMIT,
            () -> operations(kind),
            seen -> seen.size() > known,
            this::toString)
        .get(known);
  }

  /** Whether the device was disarmed after its last opening. */
  boolean closedCleanly() {
    List<DeviceOperation> changes = operations(Kind.OPEN, Kind.CLOSE_CLEAN, Kind.CLOSE_UNCLEAN);
    return !changes.isEmpty() && changes.get(changes.size() - 1).what() == Kind.CLOSE_CLEAN;
  }

  /**
   * Ends wdmd, which must leave the device disarmed. It forgets a SIGTERM that comes a moment
   * before its last client has said goodbye, so this asks until it has ended.
   */
  void endWdmdCleanly() throws Exception {
    Await.value(
        "wdmd has ended",
        LIMIT,
        () -> {
          wdmd.destroy();
          return Command.ended(wdmd, Duration.ofMillis(200));
        },
        Boolean::booleanValue,
        this::toString);
    Assertions.assertThat(wdmd.exitValue()).as("exit status of wdmd").isZero();
    Await.value(
        "the device is disarmed",
        LIMIT,
        this::closedCleanly,
        Boolean::booleanValue,
        this::toString);
  }

  /** When the machine will be reset if nothing more happens, in seconds of CLOCK_MONOTONIC. */
  double resetTime() {
    Assertions.assertThat(device.record().resetNanos()).as("armed; %s", this).isPresent();
    return device.record().resetNanos().getAsLong() / 1e9;
  }

  static double seconds(DeviceOperation operation) {
    return operation.timeNanos() / 1e9;
  }

  @Override
  public void close() throws IOException {
    if (wdmd != null) {
      Command.kill9(wdmd);
    }
    device.close();
  }

  @Override
  public String toString() {
    return "the device saw:\n" + device.record();
  }
}
