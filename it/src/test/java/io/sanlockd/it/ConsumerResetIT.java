package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.WdmdWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One host has another reset: sanlk-reset and sanlk-resetd of both implementations, with daemons
 * and wdmd of both (consumers.md 9, scenario C43).
 */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerResetIT {
  private static final String LS = Cluster.LOCKSPACE;

  /** The shortest that wdmd's test interval allows. */
  private static final int IO_TIMEOUT = 2;

  private static final int TARGET = 1;
  private static final int ASKER = 2;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** DEAD takes 8 x io_timeout + 60 seconds. */
  private static final Duration RESET_LIMIT = Duration.ofMinutes(3);

  @RegisterExtension final Scene scene = new Scene();

  /**
   * Who plays what.
   *
   * @param asks sanlk-reset
   * @param obeys sanlk-resetd
   * @param daemons sanlock and wdmd
   */
  private record Cast(Implementation asks, Implementation obeys, Peers daemons) {
    @Override
    public String toString() {
      return asks + " asks " + obeys + " on " + daemons;
    }
  }

  static Stream<Cast> casts() {
    if (Peers.isReferenceMode()) {
      Peers c = new Peers(Implementation.C, Implementation.C);
      return Stream.of(new Cast(Implementation.C, Implementation.C, c));
    }
    Peers java = new Peers(Implementation.JAVA, Implementation.JAVA);
    Peers mixed = new Peers(Implementation.C, Implementation.JAVA);
    return Stream.of(
        new Cast(Implementation.JAVA, Implementation.C, java),
        new Cast(Implementation.C, Implementation.JAVA, new Peers(Implementation.C, mixed.a())),
        new Cast(Implementation.JAVA, Implementation.JAVA, mixed),
        new Cast(Implementation.C, Implementation.JAVA, java));
  }

  /** A program in the background, what it says and where that is. */
  private record Running(Process process, Path output) implements AutoCloseable {
    static Running start(List<String> command, Path runDirectory, Path output) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("SANLOCK_RUN_DIR", runDirectory.toString());
      return new Running(builder.start(), output);
    }

    String text() throws IOException {
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    }

    void awaitLine(String part) throws Exception {
      Await.value("it says: " + part, LIMIT, this::text, text -> text.contains(part), () -> "");
    }

    @Override
    public void close() {
      Command.kill9(process);
    }
  }

  @ParameterizedTest
  @MethodSource("casts")
  void c43HostIsResetEvenIfItsResetDaemonDiesAndTheAskerKnowsWhenItIsGone(Cast cast)
      throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(cast.daemons.b());
    final Daemon target = joined(scene.daemon(host, cast.daemons.a()), storage, TARGET, true);
    final Daemon asker =
        joined(scene.daemon(cast.daemons.a(), "asker", "-w", "0"), storage, ASKER, false);
    Running resetd = resetd(cast.obeys, host, target, LS);
    resetd.awaitLine("reg_event 0 ");

    Running reset = reset(cast.asks, asker);
    reset.awaitLine("asked host to reset in ls " + LS + ":" + TARGET);
    resetd.awaitLine("request to reset (1 0) from host " + ASKER + " 1 ls " + LS);
    resetd.awaitLine("set reply resetting (2 0) for host " + ASKER + " 1 ls " + LS);
    final double promised = System.nanoTime() / 1e9;
    assertThat(target.statusNumber("\ns " + LS + ":", "external_used")).isEqualTo(1);
    Command.kill9(resetd.process);
    reset.awaitLine("host resetting in ls " + LS + ":" + TARGET);

    final double latest = promised + WatchdogHost.TEST_SECONDS + WatchdogHost.FIRE_SECONDS;
    Await.until(
        "a watchdog that is still pinged would fire later",
        LIMIT,
        () -> System.nanoTime() / 1e9 > promised + 2.5 * WatchdogHost.TEST_SECONDS);
    assertThat(host.resetTime()).as("%s", host).isLessThan(latest);
    assertThat(reset.process.isAlive()).as("asks on: %s", reset.text()).isTrue();

    // What the reset does.
    target.kill9();
    assertThat(Command.ended(reset.process, RESET_LIMIT)).as("%s", reset.text()).isTrue();
    assertThat(reset.text())
        .contains("host dead in ls ls:1\n", "reset done by host_status in ls ls:1\n");
    assertThat(reset.process.exitValue()).isZero();
  }

  /** The C program dies of a signal when a lockspace ends, and leaves the device to its wdmd. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void ourResetDaemonOutlivesALockspaceAndEndsWithoutAReset(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(scene.daemon(host, peers.a()), storage, TARGET, true);
    Running resetd = resetd(Implementation.JAVA, host, daemon, LS, "nosuch");
    resetd.awaitLine("reg_event 0 ");
    resetd.awaitLine("reg_event 1 error -2 ls nosuch\n");
    assertThat(daemon.cli().client("rem_lockspace", "-s", storage.lockspace(LS, TARGET)).done())
        .isZero();
    resetd.awaitLine("unregister 0 get_event error -1 ls " + LS);
    host.signalWdmd("TERM");
    assertThat(host.answers()).as("wdmd goes on for the reset daemon").isTrue();
    assertThat(host.answers()).as("wdmd goes on for the reset daemon").isTrue();
    resetd.process.destroy();
    assertThat(Command.ended(resetd.process, LIMIT)).isTrue();
    assertThat(resetd.process.exitValue()).isZero();
    host.endWdmdCleanly();
    assertThat(host.operations(Kind.CLOSE_UNCLEAN)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void updatesOfEitherProgramReachEitherResetDaemon(Peers peers) throws Exception {
    WdmdWorld.require();
    Daemon daemon = scene.daemon(Peers.tested(), "host", "-w", "0");
    Storage storage = scene.storage(Storage.Kind.FILE, 1);
    joined(daemon, storage, TARGET, true);
    Command.Result result =
        inOneWorld(
            """
            "$2" -D -w 0 >resetd.log 2>&1 & resetd=$!
            until [ -S /run/sanlk-resetd/sanlk-resetd.sock ]; do sleep 0.1; done
            "$1" reg ls nosuch
            "$1" end nosuch
            "$1" clear all
            until grep -q 'process_update clear' resetd.log; do sleep 0.1; done
            kill $resetd; wait $resetd && echo ended
            stat -c '%a %A' /run/sanlk-resetd/sanlk-resetd.sock /run/sanlk-resetd || :
            cat resetd.log
            """,
            daemon, peers);
    assertThat(result.succeeded().out())
        .contains(
            "Updated reg ls\nUpdated reg nosuch\nUpdated end nosuch\nUpdated clear all\nended\n",
            "755 drwxr-xr-x\n",
            "sanlk-resetd 3.8.5 started use_watchdog=0\n")
        .containsSubsequence(
            "process_update reg ls\n",
            "reg_event 0 ",
            "process_update reg nosuch\n",
            "reg_event 1 error -2 ls nosuch\n",
            "process_update end nosuch\n",
            "process_update clear all\n",
            "end_event 0 ");
  }

  @Test
  void inTheBackgroundTheCommandTellsWhetherTheDaemonListens() throws Exception {
    WdmdWorld.require();
    Daemon daemon = scene.daemon(Peers.tested(), "host", "-w", "0");
    Command.Result result =
        inOneWorld(
            """
            "$2" ls || echo without wdmd $?
            "$2" -f ls || echo in the foreground $?
            "$2" -w 0 ls && test -S /run/sanlk-resetd/sanlk-resetd.sock && echo listens
            "$2" -w 0 ls || echo second $?
            "$1" reg ls
            for exe in /proc/[0-9]*/cmdline; do
              pid=${exe#/proc/}; pid=${pid%/cmdline}
              if [ "$(readlink /proc/$pid/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ] &&
                grep -q [b]ackground-child "$exe"; then
                kill "$pid"
              fi
            done
            until [ ! -e /run/sanlk-resetd/sanlk-resetd.sock ]; do sleep 0.1; done
            """,
            daemon, new Peers(Implementation.JAVA, Implementation.JAVA));
    assertThat(result.succeeded().out())
        .isEqualTo("without wdmd 1\nin the foreground 254\nlistens\nsecond 1\nUpdated reg ls\n");
    assertThat(result.err())
        .contains("setup_wdmd connect failed -2", "another sanlk-resetd listens");
  }

  private static Daemon joined(Daemon daemon, Storage storage, int hostId, boolean isFirst)
      throws Exception {
    if (isFirst) {
      Joining.init(daemon.cli(), storage, "-s", storage.lockspace(LS, 0));
    }
    Joining.join(daemon.cli(), storage.lockspace(LS, hostId), IO_TIMEOUT);
    return daemon;
  }

  private Running resetd(Implementation who, WatchdogHost host, Daemon daemon, String... names)
      throws IOException {
    List<String> command =
        Stream.concat(Stream.of(who.program("sanlk-resetd").toString(), "-D"), Stream.of(names))
            .toList();
    Path output = scene.directory().resolve("resetd.log");
    return scene.own(Running.start(host.inside(command), daemon.runDirectory(), output));
  }

  private Running reset(Implementation who, Daemon daemon) throws IOException {
    List<String> command =
        List.of(who.program("sanlk-reset").toString(), "-D", "reset", LS + ":" + TARGET);
    Path output = scene.directory().resolve("reset.log");
    return scene.own(Running.start(command, daemon.runDirectory(), output));
  }

  /** Runs a script with a private /run; $1 is sanlk-reset, $2 sanlk-resetd. */
  private Command.Result inOneWorld(String script, Daemon daemon, Peers programs)
      throws IOException {
    WdmdWorld world = new WdmdWorld(Files.createDirectories(scene.directory().resolve("world")));
    List<String> command =
        List.of(
            "sh",
            "-ec",
            "cd \"$3\"\n" + script,
            "sh",
            programs.a().program("sanlk-reset").toString(),
            programs.b().program("sanlk-resetd").toString(),
            scene.directory().toString());
    return Command.run(
        world.inside(command), Map.of("SANLOCK_RUN_DIR", daemon.runDirectory().toString()), LIMIT);
  }
}
