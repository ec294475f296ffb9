package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** What is taken from a connection or its process (protocol.md 8.10). */
public enum RestrictFlag implements Flag {
  /** No further command is accepted on the connection. */
  ALL(CommandFlags.RESTRICT_ALL),
  /** The process is sent SIGTERM where it would be sent SIGKILL. */
  NO_SIGKILL(CommandFlags.RESTRICT_SIGKILL),
  /** The process is sent SIGKILL where it would be sent SIGTERM. */
  NO_SIGTERM(CommandFlags.RESTRICT_SIGTERM);

  private final int bit;

  RestrictFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
