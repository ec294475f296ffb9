package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.work.Descriptors;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.helper.HelperMessage;
import io.sanlockd.helper.HelperStatus;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The helper process and the pipes to it (recovery.md 8). It kills, runs programs and writes sysfs
 * for the daemon, which never waits for it: a full pipe is counted and the message is lost, to be
 * sent again by whoever still needs it. When it ends, or has sent no status for a minute, another
 * one is started, after a pause that grows as long as none of them lives for a minute.
 *
 * <p>A daemon that gives up root can not start another one that is root. Before that it starts a
 * keeper instead, which starts the helpers and tells what becomes of them. When the keeper is lost
 * the last helper is used on, but not relied on for new leases; there will be no other.
 *
 * <p>Main loop only.
 */
public final class HelperLink implements DirectSignals.Helper, HelperStatus.Listener {
  private static final int SILENCE_LIMIT_SECONDS = 60;
  private static final int SOUND_LIFE_SECONDS = 60;
  private static final int FIRST_PAUSE_SECONDS = 1;
  private static final int LONGEST_PAUSE_SECONDS = 30;
  private static final int NONE = -1;

  private final List<String> command;
  private final boolean showErrors;
  private final Descriptors descriptors;
  private final Workers workers;
  private final Clock clock;
  private final LeaseLog log;
  private final ByteBuffer message =
      ByteBuffer.allocateDirect(HelperMessage.LENGTH).order(ByteOrder.nativeOrder());
  private final ByteBuffer status =
      ByteBuffer.allocateDirect(64 * HelperStatus.LENGTH).order(ByteOrder.nativeOrder());

  private HelperProcess running;
  private int helperPid = NONE;
  private boolean heard;
  private boolean starting;
  private int pauseSeconds = FIRST_PAUSE_SECONDS;
  private long startAgainSeconds;
  private long startedSeconds;
  private long lastStatusSeconds;
  private int fullCount;
  private int starts;

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
    attach(HelperProcess.start(command, false, showErrors));
  }

  /** Uses a keeper that was started before the daemon gave up root, for as long as it lives. */
  public void useKeeper(HelperProcess keeper) {
    attach(keeper);
  }

  /** Whether there is a helper that takes messages. */
  public boolean available() {
    return helperPid != NONE;
  }

  @Override
  public boolean maySignalAnybody() {
    return available() && running.root() && heard;
  }

  /** Whether another helper is being started at the moment. */
  boolean starting() {
    return starting;
  }

  /** Pid of the helper, -1 when there is none. */
  public int pid() {
    return helperPid;
  }

  /** Our end of the message pipe, -1 when there is none; for display. */
  public int messageFd() {
    return running == null ? NONE : running.messageFd();
  }

  /** How many messages were lost because the pipe was full. */
  public int fullCount() {
    return fullCount;
  }

  /** How many helpers there have been. */
  public int starts() {
    return starts;
  }

  /** Monotonic seconds of the last sign of life. */
  public long lastStatusSeconds() {
    return lastStatusSeconds;
  }

  @Override
  public int kill(int pid, int signal) {
    if (running != null && !running.root()) {
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

  /**
   * Has a number written to a file of sysfs.
   *
   * @return 0, or a negative errno when the message was not sent
   */
  public int writeSysfs(String path, int value) {
    new HelperMessage.WriteSysfs(path, Integer.toString(value)).encode(message);
    return send();
  }

  private int send() {
    if (!available()) {
      return -Errno.ENOTCONN;
    }
    message.clear();
    int written = Fd.write(running.messageFd(), message);
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
    if (heard && now - lastStatusSeconds > SILENCE_LIMIT_SECONDS) {
      silent(now - lastStatusSeconds);
    }
    if (running == null && !starting && now >= startAgainSeconds) {
      starting = true;
      workers.run(this::startOrEmpty, this::startEnded);
    }
  }

  private void silent(long seconds) {
    log.error("helper pid " + pid() + " was silent for " + seconds + " s");
    heard = false;
    if (!running.kept()) {
      running.process().destroyForcibly();
      lose();
    }
  }

  private void startEnded(Optional<HelperProcess> helper) {
    starting = false;
    if (helper.isPresent()) {
      attach(helper.get());
    } else {
      scheduleNextStart();
    }
  }

  private void attach(HelperProcess helper) {
    try {
      descriptors.watch(helper.statusFd(), this::readStatus);
    } catch (PosixException e) {
      log.error("helper: " + e.getMessage());
      helper.closePipes();
      scheduleNextStart();
      return;
    }
    running = helper;
    status.clear();
    hear();
    startedSeconds = lastStatusSeconds;
    if (!helper.root()) {
      log.debug("the helper is not root, so it may signal only whom the daemon itself may");
    }
    if (!helper.kept()) {
      started((int) helper.process().pid());
    }
  }

  private void hear() {
    lastStatusSeconds = clock.seconds();
    heard = true;
  }

  private void readStatus() {
    int count = Fd.read(running.statusFd(), status);
    if (count > 0) {
      hear();
      status.flip();
      HelperStatus.decode(status, this);
      status.compact();
    } else if (count != -Errno.EAGAIN && running.kept()) {
      loseKeeper();
    } else if (count != -Errno.EAGAIN) {
      log.error("helper pid " + pid() + " has ended");
      lose();
    }
  }

  @Override
  public void started(int pid) {
    helperPid = pid;
    starts++;
    log.debug("helper pid " + pid);
  }

  @Override
  public void ended(int pid) {
    log.error(pid == 0 ? "helper was not started" : "helper pid " + pid + " has ended");
    helperPid = NONE;
  }

  /** The helper, if there is one, still takes messages, and ends when we do. */
  private void loseKeeper() {
    log.error(
        "the keeper of the helper has ended: when the helper ends, too, there will be no other"
            + " before this daemon is started again");
    descriptors.unwatch(running.statusFd());
    Fd.close(running.statusFd());
    heard = false;
  }

  private void lose() {
    helperPid = NONE;
    heard = false;
    if (running.kept()) {
      // The pipe has no reader, so both are gone; it stays open, and nothing takes its place.
      return;
    }
    descriptors.unwatch(running.statusFd());
    running.closePipes();
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

  private Optional<HelperProcess> startOrEmpty() {
    try {
      return Optional.of(HelperProcess.start(command, false, showErrors));
    } catch (IOException e) {
      log.error("helper was not started: " + e.getMessage());
      return Optional.empty();
    }
  }
}
