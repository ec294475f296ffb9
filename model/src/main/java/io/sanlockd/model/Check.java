package io.sanlockd.model;

/**
 * Assertions that guard safety. Unlike the {@code assert} keyword they are always on: a daemon that
 * found itself in an impossible state must stop before it writes to shared storage.
 */
public final class Check {
  private Check() {}

  /**
   * Checks an argument given by the caller.
   *
   * @throws IllegalArgumentException with {@code message} when {@code condition} does not hold
   */
  public static void argument(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Checks the state of the program itself.
   *
   * @throws IllegalStateException with {@code message} when {@code condition} does not hold
   */
  public static void state(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }
}
