package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;

/** An I/O did not finish in time. It is still in flight and may complete at any later moment. */
public final class IoTimeoutException extends LeaseException {
  private static final long serialVersionUID = 1L;

  private final transient LateIo lateIo;

  /** A timeout of the I/O described by {@code message}. */
  public IoTimeoutException(String message, LateIo lateIo) {
    super(ResultCode.AIO_TIMEOUT, message);
    this.lateIo = lateIo;
  }

  /** The I/O that is still in flight. */
  public LateIo lateIo() {
    return lateIo;
  }
}
