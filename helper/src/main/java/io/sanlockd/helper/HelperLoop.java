package io.sanlockd.helper;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Reads messages until the daemon is gone. One thread. */
final class HelperLoop {
  private final InputStream in;
  private final Actions actions;
  private final Consumer<String> debug;
  private final byte[] buffer = new byte[HelperMessage.LENGTH];

  /**
   * @param in unbuffered: one read must give at most one message
   * @param actions carries out the messages
   * @param debug takes a line about every message that makes no sense
   */
  HelperLoop(InputStream in, Actions actions, Consumer<String> debug) {
    this.in = in;
    this.actions = actions;
    this.debug = debug;
  }

  /** Returns when the pipe is closed or broken. */
  void run() {
    while (doWork()) {
      // One message at a time.
    }
  }

  /**
   * Waits for one message and carries it out. A short read can not be a message, because messages
   * are written in one piece, and is dropped.
   *
   * @return false when there will be no further message
   */
  boolean doWork() {
    int count;
    try {
      count = in.read(buffer, 0, buffer.length);
    } catch (IOException e) {
      debug.accept("read failed: " + e.getMessage());
      return false;
    }
    if (count < 0) {
      return false;
    }
    HelperMessage.decode(Arrays.copyOf(buffer, count))
        .ifPresentOrElse(
            actions::perform, () -> debug.accept("unknown message of " + count + " bytes"));
    return true;
  }
}
