package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Background;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.GetOpt;
import io.sanlockd.posix.LockFile;
import io.sanlockd.posix.MemoryLock;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.RealTime;
import io.sanlockd.posix.ServiceNotification;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;

/** {@code wdmd}: the watchdog multiplexer, its probe and its dump. */
public final class Wdmd {
  private static final String VERSION = "wdmd version 3.8.5";
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_NO_START = 255;
  private static final int EXIT_INTERNAL_ERROR = 70;

  private final WdmdOptions options;
  private final RunFiles files;
  private final DeviceSearch search;
  private final MachineClock clock = MonotonicClock::nanos;
  private final LogThread log;
  private final boolean inBackground;

  private Wdmd(
      WdmdOptions options, RunFiles files, DeviceSearch search, LogThread log, boolean background) {
    this.options = options;
    this.files = files;
    this.search = search;
    this.log = log;
    this.inBackground = background;
  }

  /** Runs the program. */
  public static void main(String[] args) {
    boolean child = args.length > 0 && args[0].equals(Background.CHILD);
    System.exit(run(child ? Arrays.copyOfRange(args, 1, args.length) : args, child));
  }

  private static int run(String[] args, boolean child) {
    WdmdOptions options;
    try {
      options = WdmdOptions.parse(args);
    } catch (GetOpt.BadOption e) {
      System.err.println(e.getMessage());
      return EXIT_FAILURE;
    }
    RunFiles files = RunFiles.fromEnvironment();
    WatchdogFacts facts = new WatchdogFacts(WatchdogFacts.SYSFS);
    DeviceSearch search = new DeviceSearch(facts, path -> new KernelWatchdog(path, facts));
    switch (options.action) {
      case VERSION -> System.out.println(VERSION);
      case HELP -> System.out.print(options.help());
      case DUMP -> {
        return DumpCommand.run(files.socket(), System.out);
      }
      case PROBE -> {
        return new Probe(files, search, System.out, System.err).run(options);
      }
      default -> {
        if (!options.foreground && !child && ServiceNotification.socket().isEmpty()) {
          return Background.start("wdmd", args, System.err);
        }
        try (LogThread log = new LogThread(options.foreground)) {
          return new Wdmd(options, files, search, log, child).serve();
        }
      }
    }
    return 0;
  }

  private int serve() {
    int gid = socketGid();
    log.log(
        String.format(
            "wdmd started S%d H%d G%d",
            options.scripts ? 1 : 0, options.highPriority ? 1 : 0, gid));
    try {
      if (inBackground) {
        Background.leaveSession();
      }
      raisePriority();
      LockFile lock = files.lock();
      try {
        serveLocked(gid);
      } finally {
        files.unlock(lock);
      }
      return 0;
    } catch (IOException e) {
      log.log(e.getMessage());
      if (!options.foreground) {
        System.err.println("wdmd: " + e.getMessage());
      }
      return EXIT_NO_START;
    } catch (RuntimeException | Error e) {
      throw die(e);
    }
  }

  private void serveLocked(int gid) throws IOException {
    files.mark();
    try {
      serveMarked(gid);
    } finally {
      // Reached only if the device was never opened or is disarmed: all else ends in die().
      files.unmark();
    }
  }

  private void serveMarked(int gid) throws IOException {
    int listenFd = files.listen(gid);
    try {
      Optional<WatchdogDevice> device = search.find(options.device).device();
      if (device.isEmpty()) {
        throw new IOException(DeviceSearch.NONE);
      }
      loop(device.get(), gid, listenFd);
    } finally {
      Fd.close(listenFd);
      files.removeSocket();
    }
  }

  private void loop(WatchdogDevice device, int gid, int listenFd) throws IOException {
    DumpFacts.Settings settings =
        new DumpFacts.Settings(gid, options.highPriority, options.scripts);
    DeviceKeeper keeper = new DeviceKeeper(device, clock, log);
    try (LoopTasks tasks = LoopTasks.create()) {
      ScriptTests scripts = new ScriptTests(runner(tasks), options.killSeconds, clock, log);
      Multiplexer multiplexer = new Multiplexer(settings, keeper, scripts, clock, log);
      onSignals(tasks, multiplexer);
      scripts.rescan();
      try (ServerLoop loop = new ServerLoop(multiplexer, tasks, listenFd, clock, log)) {
        run(loop);
      }
    }
  }

  private ScriptRunner runner(LoopTasks tasks) {
    return options.scripts
        ? new ThreadScriptRunner(Path.of(options.scriptsDirectory), tasks, log)
        : ScriptRunner.NONE;
  }

  private void run(ServerLoop loop) {
    ServiceManager manager =
        new ServiceManager(System.getenv(), ProcessHandle.current().pid(), clock, log);
    try {
      manager.ready();
      if (inBackground) {
        Background.ready();
      }
      loop.run(manager::alive, manager.periodMillis());
    } catch (IOException | RuntimeException | Error e) {
      throw die(e);
    }
  }

  private static void onSignals(LoopTasks tasks, Multiplexer multiplexer) {
    SunMiscSignal.signal(Signal.SIGTERM, number -> tasks.execute(multiplexer::quit));
    SunMiscSignal.signal(Signal.SIGINT, number -> tasks.execute(multiplexer::quit));
    SunMiscSignal.signal(Signal.SIGHUP, number -> tasks.execute(multiplexer::rescanScripts));
  }

  /** Failures are logged only. */
  private void raisePriority() {
    if (!options.highPriority) {
      return;
    }
    try {
      MemoryLock.lockCurrentAndFuture();
    } catch (PosixException e) {
      log.log(e.getMessage());
    }
    try {
      // This thread becomes the loop.
      int unused = RealTime.enter();
    } catch (PosixException e) {
      log.log(e.getMessage());
    }
  }

  private int socketGid() {
    OptionalInt gid = Users.gid(options.group);
    if (gid.isEmpty()) {
      log.log("group '" + options.group + "' not found, using socket gid: 0");
    }
    return gid.orElse(0);
  }

  /**
   * A bug, or no memory left. What we know can not be trusted any more: nothing is disarmed and the
   * marker stays. The kernel closes the device, which then counts.
   */
  private IllegalStateException die(Throwable e) {
    try {
      log.log("internal error, exiting: " + e);
      for (StackTraceElement frame : e.getStackTrace()) {
        log.log("  at " + frame);
      }
      log.close();
    } finally {
      Runtime.getRuntime().halt(EXIT_INTERNAL_ERROR);
    }
    return new IllegalStateException(e);
  }
}
