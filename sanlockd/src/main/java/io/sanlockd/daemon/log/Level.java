package io.sanlockd.daemon.log;

/** The syslog levels in use. */
public enum Level {
  /** Somebody should look. */
  ERROR(3),
  /** Worth keeping. */
  WARNING(4),
  /** A step on the way. */
  DEBUG(7);

  private final int number;

  Level(int number) {
    this.number = number;
  }

  /** The syslog number. */
  public int number() {
    return number;
  }
}
