package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.work.Descriptors;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.helper.HelperMessage;
import io.sanlockd.helper.HelperStatus;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Pipe;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Users;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The helper process and the pipes to it (recovery.md 8). It kills, runs programs and writes sysfs
 * for the daemon, which never waits for it: a full pipe is counted and the message is lost, to be
 * sent again by whoever still needs it. When it ends, or has sent no status for a minute, another
 * one is started, after a pause that grows as long as none of them lives for a minute. One that is
 * started after the daemon has given up root is no more powerful than the daemon. Main loop only.
 */
public final class HelperLink implements DirectSignals.Helper {
  private static final int SILENCE_LIMIT_SECONDS = 60;
  private static final int SOUND_LIFE_SECONDS = 60;
  private static final int FIRST_PAUSE_SECONDS = 1;
  private static final int LONGEST_PAUSE_SECONDS = 30;
  private static final int NONE = -1;
  private static final int ROOT = 0;

  private final List<String> command;
  private final boolean showErrors;
  private final Descriptors descriptors;
  private final Workers workers;
  private final Clock clock;
  private final LeaseLog log;
  private final ByteBuffer message =
      ByteBuffer.allocateDirect(HelperMessage.LENGTH).order(ByteOrder.nativeOrder());
  private final ByteBuffer status = ByteBuffer.allocateDirect(64 * HelperStatus.LENGTH);

  private Running running;
  private boolean starting;
  private int pauseSeconds = FIRST_PAUSE_SECONDS;
  private long startAgainSeconds;
  private long startedSeconds;
  private long lastStatusSeconds;
  private int fullCount;

  /** A helper with our ends of its pipes. */
  private record Running(Process process, boolean root, int messageFd, int statusFd) {}

  /**
   * A link without a helper yet.
   *
   * @param command starts the helper, which reads messages from its standard input
   * @param showErrors whether its standard error is ours or nobody's
   */
  public HelperLink(
      List<String> command,
      boolean showErrors,
      Descriptors descriptors,
      Workers workers,
      Clock clock,
      LeaseLog log) {
    this.command = List.copyOf(command);
    this.showErrors = showErrors;
    this.descriptors = descriptors;
    this.workers = workers;
    this.clock = clock;
    this.log = log;
    // Loads what a kill needs.
    HelperMessage.encodeKillPid(message, 0, 0);
  }

  /** Starts the first helper; waits for the start, so before the main loop runs. */
  public void start() throws IOException {
    attach(spawn());
  }

  /** Whether there is a helper that takes messages. */
  public boolean available() {
    return running != null;
  }

  @Override
  public boolean maySignalAnybody() {
    return running != null && running.root;
  }

  /** Whether another helper is being started at the moment. */
  boolean starting() {
    return starting;
  }

  /** Pid of the helper, -1 when there is none. */
  public int pid() {
    return running == null ? NONE : (int) running.process.pid();
  }

  /** Our end of the message pipe, -1 when there is none; for display. */
  public int messageFd() {
    return running == null ? NONE : running.messageFd;
  }

  /** How many messages were lost because the pipe was full. */
  public int fullCount() {
    return fullCount;
  }

  /** Monotonic seconds of the last sign of life. */
  public long lastStatusSeconds() {
    return lastStatusSeconds;
  }

  @Override
  public int kill(int pid, int signal) {
    if (running != null && !running.root) {
      return -Errno.EPERM;
    }
    HelperMessage.encodeKillPid(message, pid, signal);
    return send();
  }

  /**
   * Has a program run.
   *
   * @return 0, or a negative errno when the message was not sent
   */
  public int runPath(String path, String args, int pid) {
    new HelperMessage.RunPath(path, args, pid).encode(message);
    return send();
  }

  private int send() {
    if (running == null) {
      return -Errno.ENOTCONN;
    }
    message.clear();
    int written = Fd.write(running.messageFd, message);
    if (written == HelperMessage.LENGTH) {
      return 0;
    }
    if (written == -Errno.EAGAIN) {
      fullCount++;
      return written;
    }
    log.error("helper pid " + pid() + " does not take messages: " + Errno.name(-written));
    lose();
    return -Errno.EPIPE;
  }

  /** Looks after the helper: once a second, from the main loop's duty. */
  public void check() {
    long now = clock.seconds();
    if (running != null && now - lastStatusSeconds > SILENCE_LIMIT_SECONDS) {
      log.error("helper pid " + pid() + " was silent for " + (now - lastStatusSeconds) + " s");
      running.process.destroyForcibly();
      lose();
    }
    if (running == null && !starting && now >= startAgainSeconds) {
      starting = true;
      workers.run(this::spawnOrEmpty, this::started);
    }
  }

  private void started(Optional<Running> helper) {
    starting = false;
    if (helper.isPresent()) {
      attach(helper.get());
    } else {
      scheduleNextStart();
    }
  }

  private void attach(Running helper) {
    try {
      descriptors.watch(helper.statusFd, this::readStatus);
    } catch (PosixException e) {
      log.error("helper: " + e.getMessage());
      closePipes(helper);
      scheduleNextStart();
      return;
    }
    running = helper;
    startedSeconds = clock.seconds();
    lastStatusSeconds = startedSeconds;
    if (!helper.root) {
      log.debug("the helper is not root, so it may signal only whom the daemon itself may");
    }
    log.debug("helper pid " + pid());
  }

  private void readStatus() {
    status.clear();
    int count = Fd.read(running.statusFd, status);
    if (count > 0) {
      lastStatusSeconds = clock.seconds();
    } else if (count != -Errno.EAGAIN) {
      log.error("helper pid " + pid() + " has ended");
      lose();
    }
  }

  private void lose() {
    descriptors.unwatch(running.statusFd);
    closePipes(running);
    running = null;
    if (clock.seconds() - startedSeconds >= SOUND_LIFE_SECONDS) {
      pauseSeconds = FIRST_PAUSE_SECONDS;
    }
    scheduleNextStart();
  }

  private void scheduleNextStart() {
    startAgainSeconds = clock.seconds() + pauseSeconds;
    pauseSeconds = Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS);
  }

  private static void closePipes(Running helper) {
    Fd.close(helper.messageFd);
    Fd.close(helper.statusFd);
  }

  private Optional<Running> spawnOrEmpty() {
    try {
      return Optional.of(spawn());
    } catch (IOException e) {
      log.error("helper was not started: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** The child opens its pipe ends by name, so that it has nothing but descriptors 0 to 2. */
  private Running spawn() throws IOException {
    Pipe messages = Pipe.create(false);
    Pipe answers = Pipe.create(false);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/proc/self/fd/" + messages.readFd()))
              .redirectOutput(new File("/proc/self/fd/" + answers.writeFd()))
              .redirectError(showErrors ? Redirect.INHERIT : Redirect.DISCARD)
              .start();
      Fd.setNonBlocking(messages.writeFd(), true);
      Fd.setNonBlocking(answers.readFd(), true);
      return new Running(
          process, Users.effectiveUid() == ROOT, messages.writeFd(), answers.readFd());
    } catch (IOException e) {
      Fd.close(messages.writeFd());
      Fd.close(answers.readFd());
      throw e;
    } finally {
      Fd.close(messages.readFd());
      Fd.close(answers.writeFd());
    }
  }
}
