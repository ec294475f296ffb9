package io.sanlockd.lease;

import io.sanlockd.model.ResultCode;

/**
 * A lease or disk operation failed. Carries the result number of the protocol and a message for the
 * log that names the path and place.
 */
public class LeaseException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int result;

  /**
   * A failure with a number.
   *
   * @param result negative number: a sanlock code or a negative errno
   * @param message what happened where
   */
  public LeaseException(int result, String message) {
    super(message);
    this.result = result;
  }

  /** A failure with a named code. */
  public LeaseException(ResultCode code, String message) {
    this(code.number(), message);
  }

  /** The result number, negative. */
  public int result() {
    return result;
  }

  /** Whether the failure has this code. */
  public boolean is(ResultCode code) {
    return result == code.number();
  }
}
