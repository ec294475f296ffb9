package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;

/**
 * How an index operation ended.
 *
 * @param result 0 or a negative result number
 * @param message what went wrong, for the log
 * @param row what the client is told; a lookup that contradicts the index also tells what it holds
 */
public record IndexAnswer(int result, String message, IndexRow row) {
  static IndexAnswer of(IndexRow row) {
    return new IndexAnswer(0, "", row);
  }

  static IndexAnswer failed(LeaseException e) {
    return new IndexAnswer(e.result(), e.getMessage(), IndexRow.NONE);
  }

  static IndexAnswer failed(ResultCode code, String message) {
    return new IndexAnswer(code.number(), message, IndexRow.NONE);
  }
}
