package io.sanlockd.client;

import io.sanlockd.protocol.RequestForce;

/** What a request for a lease does to its holder (protocol.md 8.11). */
public enum RequestMode {
  /** Only notes the wish on disk. */
  NOTE(RequestForce.NONE),
  /** The holder's daemon kills it. */
  FORCE(RequestForce.FORCE),
  /** The holder's daemon runs its killpath, or sends SIGTERM. */
  GRACEFUL(RequestForce.GRACEFUL);

  private final int number;

  RequestMode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
