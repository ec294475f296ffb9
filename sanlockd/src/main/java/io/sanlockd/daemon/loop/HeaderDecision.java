package io.sanlockd.daemon.loop;

/** What to do with the 32 bytes read as a header. */
public enum HeaderDecision {
  /** Read its payload and deliver it. */
  ACCEPT,

  /** No reply; the next 32 bytes are a header ({@code protocol.md} 4.1 cases 3 to 6). */
  SKIP,

  /**
   * No reply, {@linkplain Connection#closeGently gentle close}. On a registered connection the same
   * as {@link #SKIP}: closing it would release the leases of a live process.
   */
  CLOSE_GENTLY
}
