package io.sanlockd.client;

import io.sanlockd.protocol.ConfigValue;

/** A mark on a joined lockspace that keeps it from being left as unused (protocol.md 8.33). */
public enum LockspaceUse {
  /** Something outside of the daemon uses it. */
  USED(ConfigValue.USED),
  /** No longer. */
  UNUSED(ConfigValue.UNUSED),
  /** Orphans count as use. */
  USED_BY_ORPHANS(ConfigValue.USED_BY_ORPHANS),
  /** No longer. */
  UNUSED_BY_ORPHANS(ConfigValue.UNUSED_BY_ORPHANS);

  private final int value;

  LockspaceUse(int value) {
    this.value = value;
  }

  int value() {
    return value;
  }
}
