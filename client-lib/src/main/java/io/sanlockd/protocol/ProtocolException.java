package io.sanlockd.protocol;

/** Bytes from the other side that are not what the protocol allows: too short, or out of range. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With one line that names the structure and what is wrong with it. */
  public ProtocolException(String message) {
    super(message);
  }
}
