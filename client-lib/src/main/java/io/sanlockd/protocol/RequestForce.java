package io.sanlockd.protocol;

/** SANLK_REQUEST_*: force modes of a REQUEST, in {@link MessageHeader#data()} (7.1). */
public final class RequestForce {
  /** Only note the wish. */
  public static final int NONE = 0;

  /** Kill the holder. */
  public static final int FORCE = 1;

  /** Run the holder's killpath, or send SIGTERM. */
  public static final int GRACEFUL = 2;

  private RequestForce() {}
}
