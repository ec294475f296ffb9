package io.sanlockd.model.flight;

import java.io.IOException;

/** A file that is no flight record, or not one that can be used. The message says why. */
public final class FlightFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A reason for people, without the name of the file. */
  public FlightFormatException(String message) {
    super(message);
  }
}
