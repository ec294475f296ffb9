package io.sanlockd.daemon.boot;

import io.sanlockd.posix.Users;
import java.util.OptionalInt;

/** The accounts of this machine. */
final class SystemAccounts implements DaemonOptions.Accounts {
  @Override
  public OptionalInt uid(String user) {
    return Users.uid(user);
  }

  @Override
  public OptionalInt gid(String group) {
    return Users.gid(group);
  }
}
