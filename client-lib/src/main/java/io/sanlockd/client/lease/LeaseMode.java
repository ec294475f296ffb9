package io.sanlockd.client.lease;

/** How a lease is held. */
public enum LeaseMode {
  /** By one holder. */
  EXCLUSIVE,
  /** By any number of holders, on this host and on others, while nobody holds it exclusively. */
  SHARED
}
