package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** How an event for another host is set (protocol.md 10.4). */
public enum EventFlag implements Flag {
  /** Fill in the current generation of the host when none is given. */
  CURRENT_GENERATION(CommandFlags.EVENT_CUR_GENERATION),
  /** Stop addressing the host. */
  CLEAR_HOST_ID(CommandFlags.EVENT_CLEAR_HOSTID),
  /** Stop sending the event. */
  CLEAR_EVENT(CommandFlags.EVENT_CLEAR_EVENT),
  /** Replace an event that is still being sent instead of -16. */
  REPLACE(CommandFlags.EVENT_REPLACE),
  /** Address every host. */
  ALL_HOSTS(CommandFlags.EVENT_ALL_HOSTS);

  private final int bit;

  EventFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
