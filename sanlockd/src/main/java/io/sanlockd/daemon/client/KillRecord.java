package io.sanlockd.daemon.client;

/**
 * What was done so far to stop the process of a client because a lockspace it uses fails or is
 * removed. Exists from the start, so that nothing has to be allocated when it is needed. Main loop
 * only.
 */
public final class KillRecord {
  private static final int NOTHING = 0;

  private int rounds;
  private int sent;
  private long lastSeconds;
  private int lastResult;
  private boolean programRan;
  private int unreportedAction = NOTHING;

  /** Whether stopping has begun. */
  public boolean begun() {
    return rounds > 0;
  }

  /** In how many seconds something was or would have been done; the count that others see. */
  public int rounds() {
    return rounds;
  }

  /** How many signals and programs got on their way. */
  public int sent() {
    return sent;
  }

  /** Monotonic seconds of the last attempt, 0 = none. */
  public long lastSeconds() {
    return lastSeconds;
  }

  /** Result of the last attempt: 0, or a negative errno when nothing got on its way. */
  public int lastResult() {
    return lastResult;
  }

  /** Whether the kill program was started; that happens once. */
  public boolean programRan() {
    return programRan;
  }

  /** Whether another attempt is due: one each second, sooner only if the last one was not sent. */
  public boolean due(long nowSeconds) {
    return rounds == 0 || nowSeconds != lastSeconds || lastResult < 0;
  }

  /** The kill program was started and its time is not over: nothing to be done in this second. */
  public void waited(long nowSeconds) {
    countRound(nowSeconds);
    lastResult = 0;
  }

  /**
   * Something was done.
   *
   * @param action the signal, or another number above 0 that stands for the kill program
   * @param result 0 when it got on its way, else a negative errno
   */
  public void attempted(int action, int result, long nowSeconds) {
    // A repetition within the second is not worth another line.
    if (nowSeconds != lastSeconds || result == 0) {
      unreportedAction = action;
    }
    countRound(nowSeconds);
    lastResult = result;
    if (result == 0) {
      sent++;
    }
  }

  private void countRound(long nowSeconds) {
    if (rounds == 0 || nowSeconds != lastSeconds) {
      rounds++;
      lastSeconds = nowSeconds;
    }
  }

  /** The kill program was started. */
  public void noteProgramRan() {
    programRan = true;
  }

  /** The action that was not yet logged, 0 = none; from now on it counts as logged. */
  public int takeUnreportedAction() {
    int action = unreportedAction;
    unreportedAction = NOTHING;
    return action;
  }

  /** A process that gave up all its leases in time survives. */
  public void forget() {
    rounds = 0;
    sent = 0;
    lastSeconds = 0;
    lastResult = 0;
    programRan = false;
    unreportedAction = NOTHING;
  }
}
