package io.sanlockd.client;

import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.util.Optional;

/** A request that did not succeed: the number as on the wire, its name, cause and a way out. */
public final class SanlockException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int number;
  private final Command command;

  /**
   * @param number the daemon's result, or the C library's number for a broken connection
   * @param command what was asked for
   */
  public SanlockException(int number, Command command) {
    super(command + " failed: " + describe(number));
    this.number = number;
    this.command = command;
  }

  /** Result on the wire, negative. */
  public int number() {
    return number;
  }

  /** What was asked for. */
  public Command command() {
    return command;
  }

  /** The name of the result, empty for an errno without one. */
  public Optional<ResultCode> code() {
    return ResultCode.of(number);
  }

  /** Number, name, cause and advice in one line. */
  public static String describe(int number) {
    if (number == TransportException.TIMED_OUT) {
      return number + " ETIMEDOUT: no reply from the daemon in time; see whether it is stuck";
    }
    Optional<ResultCode> code = ResultCode.of(number);
    if (code.isEmpty()) {
      return number < 0 && number > -200 ? number + " (errno " + -number + ")" : "" + number;
    }
    return number
        + " "
        + code.get().name()
        + ": "
        + code.get().cause()
        + "; "
        + code.get().advice();
  }
}
