package io.sanlockd.reset;

import io.sanlockd.model.FireTimeout;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.wdmd.client.WdmdConnection;
import io.sanlockd.wdmd.client.WdmdException;
import java.nio.file.Path;
import java.time.Duration;

/** The watchdog behind a connection to wdmd (wdmd.md 10). */
final class WdmdWatchdog implements Watchdog {
  /** Whoever asks for a reset counts on a machine that is gone 70 seconds after its promise. */
  private static final int FIRE_SECONDS = FireTimeout.DEFAULT_SECONDS;

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final WdmdConnection wdmd;

  private WdmdWatchdog(WdmdConnection wdmd) {
    this.wdmd = wdmd;
  }

  /** wdmd can not be used; the number is the nearest errno, negative. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final int number;

    Unusable(String what, int number) {
      super("setup_wdmd " + what + " failed " + number, null, false, false);
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** Connects and has the device opened, without promising anything. */
  static WdmdWatchdog connect(Path socket) throws Unusable {
    WdmdConnection wdmd;
    try {
      wdmd = WdmdConnection.connect(socket, LIMIT);
    } catch (WdmdException e) {
      throw new Unusable("connect", -e.errno());
    }
    try {
      int fires = wdmd.greet(FIRE_SECONDS, LIMIT).fireTimeoutSeconds();
      check("fire_timeout " + fires, fires < 1 || fires > FIRE_SECONDS ? -Errno.ENODEV : 0);
      check("register", wdmd.register(SanlkResetd.PROGRAM));
      check("refcount_set", wdmd.refcountSet());
      return new WdmdWatchdog(wdmd);
    } catch (WdmdException e) {
      wdmd.close();
      throw new Unusable("open", -e.errno());
    } catch (Unusable e) {
      wdmd.close();
      throw e;
    }
  }

  private static void check(String what, int result) throws Unusable {
    if (result < 0) {
      throw new Unusable(what, result);
    }
  }

  @Override
  public int fire() {
    long now = MonotonicClock.seconds();
    return wdmd.testLive(now, now);
  }

  @Override
  public void release() {
    int unused = wdmd.deactivate();
    wdmd.close();
  }
}
