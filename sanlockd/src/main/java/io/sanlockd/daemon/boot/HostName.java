package io.sanlockd.daemon.boot;

import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.NodeName;
import java.util.UUID;

/** The name of this host in delta leases when none is configured. */
final class HostName {
  private static final int LENGTH = LeaseName.FIELD_LENGTH - 1;

  private HostName() {}

  /** A random UUID, a dot, and as much of the node name as fits: unique for each daemon start. */
  static LeaseName generate() {
    String text = UUID.randomUUID() + "." + NodeName.get();
    return LeaseName.ofTextCut(text.length() > LENGTH ? text.substring(0, LENGTH) : text);
  }
}
