package io.sanlockd.daemon.resource;

import io.sanlockd.model.ResultCode;
import java.util.Optional;

/**
 * How an acquire ended.
 *
 * @param result 0, or the negative result number
 * @param token the use granted, empty when refused
 */
public record Acquired(int result, Optional<Token> token) {
  static Acquired granted(Token token) {
    return new Acquired(0, Optional.of(token));
  }

  static Acquired refused(int result) {
    return new Acquired(result, Optional.empty());
  }

  static Acquired refused(ResultCode code) {
    return refused(code.number());
  }
}
