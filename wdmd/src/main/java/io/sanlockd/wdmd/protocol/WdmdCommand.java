package io.sanlockd.wdmd.protocol;

/** What a message asks for (wdmd.md 3). */
public enum WdmdCommand {
  /** A number that means nothing; such a message is ignored. */
  UNKNOWN(0),
  REGISTER(1),
  REFCOUNT_SET(2),
  REFCOUNT_CLEAR(3),
  TEST_LIVE(4),

  /** Answered by one message. */
  STATUS(5),

  /** Answered by unframed text. */
  DUMP_DEBUG(6),

  /** Generation B only, answered by one message; generation A ignores it. */
  OPEN_WATCHDOG(7);

  private static final WdmdCommand[] ALL = values();

  private final int number;

  WdmdCommand(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The command of a number; {@link #UNKNOWN} if there is none. */
  public static WdmdCommand of(int number) {
    return number > 0 && number < ALL.length ? ALL[number] : UNKNOWN;
  }
}
