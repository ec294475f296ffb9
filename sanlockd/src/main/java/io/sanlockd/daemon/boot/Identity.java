package io.sanlockd.daemon.boot;

import io.sanlockd.posix.Privileges;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who the daemon is to be (recovery.md 11 and 12): the user and group {@code sanlock} if both
 * exist, else root, or those of the options.
 *
 * @param uid owner of run directory and socket, -1 = left as it is
 * @param gid group of the socket, -1 = left as it is
 * @param user the name of the user to become; empty when the process stays who it is
 */
record Identity(int uid, int gid, Optional<String> user) {
  private static final String ACCOUNT = "sanlock";
  private static final int LEAVE = -1;
  private static final int ROOT = 0;

  /**
   * The identity that the options ask for.
   *
   * @param privileged whether the daemon is started to give up root
   * @param isRoot whether it is root now
   */
  static Identity of(
      DaemonOptions options, boolean privileged, boolean isRoot, DaemonOptions.Accounts accounts) {
    if (!privileged && !isRoot) {
      // Nobody but root can give files away.
      return new Identity(options.uid.orElse(LEAVE), options.gid.orElse(LEAVE), Optional.empty());
    }
    OptionalInt uid = accounts.uid(ACCOUNT);
    OptionalInt gid = accounts.gid(ACCOUNT);
    boolean both = uid.isPresent() && gid.isPresent();
    Optional<String> user =
        options.uid.isPresent() ? options.userName : both ? Optional.of(ACCOUNT) : Optional.empty();
    boolean groupKnown = options.gid.isPresent() ? options.groupKnown : both;
    return new Identity(
        options.uid.orElse(both ? uid.getAsInt() : ROOT),
        options.gid.orElse(both ? gid.getAsInt() : ROOT),
        privileged && groupKnown ? user : Optional.empty());
  }

  /** Whether the process will not be root any more, and so could not start another one that is. */
  boolean givesUpRoot() {
    return user.isPresent() && uid != ROOT;
  }

  /**
   * Becomes this user with all threads, for ever. Files opened before stay open, and so do the jars
   * of the class path, which the user perhaps could not open himself.
   */
  void assume() throws IOException {
    if (user.isEmpty()) {
      return;
    }
    openClassPath();
    Privileges.takeGroupsOf(user.get(), gid);
    Privileges.become(uid, gid);
  }

  /** To find that something is nowhere all jars have to be opened, and they stay open. */
  private static void openClassPath() throws IOException {
    if (ClassLoader.getSystemResource(Identity.class.getName()) != null) {
      throw new IOException("unexpected resource in the class path");
    }
  }
}
