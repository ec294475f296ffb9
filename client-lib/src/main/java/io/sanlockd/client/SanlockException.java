package io.sanlockd.client;

import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.util.Optional;

/**
 * A request that did not succeed: the number as on the wire, its name, what it means, a way out,
 * and the owner of the lease where that is the reason and known.
 */
public class SanlockException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int number;
  private final Command command;
  private final transient LeaseOwner owner;

  /**
   * @param number the daemon's result, or the C library's number for a broken connection
   * @param command what was asked for
   */
  public SanlockException(int number, Command command) {
    this(number, command, null);
  }

  /**
   * @param number the daemon's result
   * @param command what was asked for
   * @param owner who owns the lease; null when not known
   */
  public SanlockException(int number, Command command, LeaseOwner owner) {
    super(
        command
            + " failed: "
            + describe(number)
            + (owner == null ? "" : "; the owner is " + owner));
    this.number = number;
    this.command = command;
    this.owner = owner;
  }

  /** Result on the wire, negative. */
  public final int number() {
    return number;
  }

  /** What was asked for. */
  public final Command command() {
    return command;
  }

  /** The result by name, with cause and advice; empty for an errno that has none here. */
  public final Optional<ResultCode> code() {
    return ResultCode.of(number);
  }

  /** Who owns the lease asked for, when the refusal said so. */
  public final Optional<LeaseOwner> owner() {
    return Optional.ofNullable(owner);
  }

  /** Number, name, cause and advice in one line. */
  public static String describe(int number) {
    if (number == TransportException.TIMED_OUT) {
      return number + " ETIMEDOUT: no reply from the daemon in time; see whether it is stuck";
    }
    if (number == TransportException.INTERRUPTED) {
      return number + " EINTR: the waiting thread was interrupted; the outcome is not known";
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
