package io.sanlockd.daemon.world;

import io.sanlockd.daemon.recovery.DirectSignals;
import io.sanlockd.posix.Errno;
import java.util.ArrayList;
import java.util.List;

/** A helper process at the other end of a pipe, which it empties when it is told to. */
public final class FakeHelper implements DirectSignals.Helper {
  /** A pipe of 64 KiB holds this many messages of 512 bytes. */
  public static final int PIPE_MESSAGES = 128;

  private final List<String> pipe = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private boolean running;

  /** It is started. */
  public void start() {
    running = true;
  }

  /** It ends, and with it what it has not read. */
  public void die() {
    running = false;
    pipe.clear();
  }

  /** It carries out what is in the pipe. */
  public void work() {
    done.addAll(pipe);
    pipe.clear();
  }

  /** What it has done: pid and signal. */
  public List<String> done() {
    return done;
  }

  @Override
  public boolean maySignalAnybody() {
    return running;
  }

  @Override
  public int kill(int pid, int signal) {
    if (!running) {
      return -Errno.ENOTCONN;
    }
    if (pipe.size() == PIPE_MESSAGES) {
      return -Errno.EAGAIN;
    }
    pipe.add(pid + " " + signal);
    return 0;
  }
}
