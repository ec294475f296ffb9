package io.sanlockd.helper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps one helper running for a daemon that has given up root and so can not start another one
 * that is root. It takes no requests: it starts one fixed command, again whenever that has ended or
 * was silent for too long, and ends when the helper finds that the daemon is gone.
 *
 * <p>The helper has the keeper's own standard input, so that a message reaches it without passing
 * through here; what it says does pass, because its silence must be noticed. When the keeper is
 * killed the helper goes on with what the daemon still sends.
 */
final class HelperKeeper {
  private static final int DAEMON_IS_GONE = 0;

  private static final int NO_PID = 0;

  /** Time for a killed helper to vanish; longer only when the kernel holds one of its threads. */
  private static final long VANISH_SECONDS = 5;

  private final List<String> command;
  private final InputStream messages;
  private final OutputStream status;
  private final Times times;
  private final Consumer<String> debug;
  private volatile long heardNanos;

  /**
   * When the keeper acts.
   *
   * @param silenceLimit a helper that says nothing for so long is killed
   * @param firstPause before the next start after a helper that ran well
   * @param longestPause the pause doubles from start to start up to this
   * @param soundLife a helper that lived so long ran well
   */
  record Times(
      Duration silenceLimit, Duration firstPause, Duration longestPause, Duration soundLife) {
    static final Times STANDARD =
        new Times(
            Duration.ofSeconds(2 * HelperStatus.INTERVAL_SECONDS),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));
  }

  /**
   * @param command starts the helper
   * @param messages standard input, unbuffered; emptied while there is no helper
   * @param status takes what the helper says and what becomes of it
   */
  HelperKeeper(
      List<String> command,
      InputStream messages,
      OutputStream status,
      Times times,
      Consumer<String> debug) {
    this.command = List.copyOf(command);
    this.messages = messages;
    this.status = status;
    this.times = times;
    this.debug = debug;
  }

  /** Returns when the daemon is gone. */
  void run() throws InterruptedException {
    Duration pause = times.firstPause;
    while (true) {
      long startNanos = System.nanoTime();
      if (oneLife()) {
        return;
      }
      if (System.nanoTime() - startNanos >= times.soundLife.toNanos()) {
        pause = times.firstPause;
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(times.longestPause) < 0 ? twice : times.longestPause;
    }
  }

  /** Starts a helper and waits for its end; whether the daemon is gone. */
  private boolean oneLife() throws InterruptedException {
    try {
      discardMessages();
      Process helper =
          new ProcessBuilder(command)
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.INHERIT)
              .start();
      heardNanos = System.nanoTime();
      tell(HelperStatus.ofKeeper(HelperStatus.STARTED, (int) helper.pid()));
      relay(helper.getInputStream());
      boolean daemonIsGone = awaitEnd(helper);
      tell(HelperStatus.ofKeeper(HelperStatus.ENDED, (int) helper.pid()));
      return daemonIsGone;
    } catch (IOException e) {
      debug.accept("helper was not started: " + e.getMessage());
      return !tell(HelperStatus.ofKeeper(HelperStatus.ENDED, NO_PID));
    }
  }

  /**
   * A message to a helper that is gone must not reach the next one: by then its pid may be that of
   * another process. Whoever still needs it sends it again.
   */
  private void discardMessages() throws IOException {
    byte[] discarded = new byte[HelperMessage.LENGTH];
    while (messages.available() > 0) {
      debug.accept("threw away a message of " + messages.read(discarded) + " bytes");
    }
  }

  private boolean awaitEnd(Process helper) throws InterruptedException {
    while (true) {
      long silentNanos = System.nanoTime() - heardNanos;
      long leftNanos = times.silenceLimit.toNanos() - silentNanos;
      if (helper.waitFor(Math.max(leftNanos, 0), TimeUnit.NANOSECONDS)) {
        return helper.exitValue() == DAEMON_IS_GONE;
      }
      if (System.nanoTime() - heardNanos >= times.silenceLimit.toNanos()) {
        debug.accept("helper pid " + helper.pid() + " is silent");
        helper.destroyForcibly();
        helper.waitFor(VANISH_SECONDS, TimeUnit.SECONDS);
        return false;
      }
    }
  }

  /** Hands on what the helper says, on a thread that ends with it. */
  private void relay(InputStream says) {
    Thread thread =
        new Thread(
            () -> {
              byte[] buffer = new byte[HelperStatus.LENGTH];
              try {
                while (says.readNBytes(buffer, 0, buffer.length) == buffer.length) {
                  heardNanos = System.nanoTime();
                  tell(buffer);
                }
              } catch (IOException e) {
                debug.accept("helper can not be heard: " + e.getMessage());
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether there still is a daemon that can read it. */
  private boolean tell(byte[] message) {
    try {
      synchronized (status) {
        status.write(message);
        status.flush();
      }
      return true;
    } catch (IOException e) {
      debug.accept("the daemon does not listen: " + e.getMessage());
      return false;
    }
  }
}
