package io.sanlockd.reset;

import io.sanlockd.client.Endpoint;
import io.sanlockd.posix.Background;
import io.sanlockd.posix.GetOpt.BadOption;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.Syslog;
import io.sanlockd.wdmd.client.WdmdConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;

/**
 * The daemon {@code sanlk-resetd}: lets the watchdog reset this machine when a host asks for it.
 */
public final class SanlkResetd {
  static final String PROGRAM = "sanlk-resetd";

  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_INTERNAL_ERROR = 3;
  private static final int LOW_BYTE = 0xff;
  private static final long TICK_MILLIS = 1000;

  /** With {@code -w 0}, for tests of everything else. */
  private static final Watchdog NO_WATCHDOG =
      new Watchdog() {
        @Override
        public int fire() {
          return 0;
        }

        @Override
        public void release() {}
      };

  private final ResetdOptions options;
  private final ProgramLog log;
  private final MainQueue queue = new MainQueue();
  private final boolean inBackground;
  private boolean quitting;

  private SanlkResetd(ResetdOptions options, ProgramLog log, boolean inBackground) {
    this.options = options;
    this.log = log;
    this.inBackground = inBackground;
  }

  /** Runs the daemon. */
  public static void main(String[] args) {
    boolean child = args.length > 0 && args[0].equals(Background.CHILD);
    int status = run(child ? Arrays.copyOfRange(args, 1, args.length) : args, child);
    System.out.flush();
    System.exit(status);
  }

  private static int run(String[] args, boolean child) {
    ResetdOptions options;
    try {
      options = ResetdOptions.parse(args);
    } catch (BadOption e) {
      System.err.println(e.getMessage());
      System.out.print(UsageText.of(PROGRAM));
      return EXIT_FAILURE;
    }
    if (options.help) {
      System.out.print(UsageText.of(PROGRAM));
      return 0;
    }
    if (options.version) {
      System.out.print(PROGRAM + " version: " + SanlkReset.VERSION + "\n");
      return 0;
    }
    if (!options.foreground && !child) {
      return Background.start(PROGRAM, args, System.err);
    }
    ProgramLog log =
        ProgramLog.of(PROGRAM, options.debug ? ProgramLog.Detail.DEBUG : ProgramLog.Detail.NONE);
    return new SanlkResetd(options, log, child).serve();
  }

  private int serve() {
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> die(error));
    try {
      if (inBackground) {
        Background.leaveSession();
      }
      log.notice(
          PROGRAM
              + " "
              + SanlkReset.VERSION
              + " started "
              + (options.watchdog ? "" : "use_watchdog=0"));
      Watchdog watchdog =
          options.watchdog ? WdmdWatchdog.connect(WdmdConnection.DEFAULT_SOCKET) : NO_WATCHDOG;
      Optional<Sysrq> sysrq =
          options.reboot ? Optional.of(Sysrq.open(Sysrq.PATH)) : Optional.empty();
      try (UpdateSocket updates = UpdateSocket.bind(Path.of(UpdateSocket.PATH))) {
        serve(watchdog, sysrq, updates);
      }
      return 0;
    } catch (WdmdWatchdog.Unusable e) {
      fail(e.getMessage());
      log.error("failed to set up wdmd");
      return e.number() & LOW_BYTE;
    } catch (IOException e) {
      fail(e.getMessage());
      return EXIT_FAILURE;
    }
  }

  /** A bug. Better no daemon than one that does not hear. A reset that was promised still comes. */
  private static void die(Throwable error) {
    try {
      error.printStackTrace();
      try (Syslog syslog = new Syslog(PROGRAM)) {
        syslog.send(Syslog.ERROR, "internal error, exiting: " + error);
      }
    } finally {
      Runtime.getRuntime().halt(EXIT_INTERNAL_ERROR);
    }
  }

  /** In the background nobody else reads why; the parent prints it. */
  private void fail(String why) {
    log.error(why);
    if (!options.debug) {
      System.err.println(PROGRAM + ": " + why);
    }
  }

  private void serve(Watchdog watchdog, Optional<Sysrq> sysrq, UpdateSocket updates)
      throws IOException {
    ResetDaemon.Settings settings =
        new ResetDaemon.Settings(
            sysrq.map(trigger -> trigger::reboot), options.delaySeconds, options.resourceMode);
    ResetDaemon daemon =
        new ResetDaemon(
            new ClientLockManager(Endpoint.ofEnvironment(), queue),
            watchdog,
            settings,
            MonotonicClock::seconds,
            log);
    onSignal(Signal.SIGTERM);
    onSignal(Signal.SIGINT);
    registerAll(daemon);
    updates.start(datagram -> queue.execute(() -> daemon.update(datagram)));
    if (inBackground) {
      Background.ready();
    }
    while (!quitting) {
      queue.await(TICK_MILLIS).run();
      daemon.tick();
    }
    daemon.quit();
  }

  private void registerAll(ResetDaemon daemon) {
    List<String> names = options.lockspaces;
    for (String name : names) {
      daemon.register(name);
    }
  }

  private void onSignal(Signal signal) {
    SunMiscSignal.signal(
        signal,
        number ->
            queue.execute(
                () -> {
                  log.debug("daemon_quit signal " + signal.intValue());
                  quitting = true;
                }));
  }
}
