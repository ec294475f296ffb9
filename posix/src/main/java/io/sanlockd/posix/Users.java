package io.sanlockd.posix;

import java.util.OptionalInt;

/** Users, groups and file ownership. */
public final class Users {
  // struct passwd and struct group have the id at the same place on both processors.
  private static final int ID_OFFSET = 16;

  private Users() {}

  /** User id of a name in the passwd database; empty when there is none. */
  public static synchronized OptionalInt uid(String userName) {
    return id(Native.C.getpwnam(Native.cString(userName)));
  }

  /** Group id of a name in the group database; empty when there is none. */
  public static synchronized OptionalInt gid(String groupName) {
    return id(Native.C.getgrnam(Native.cString(groupName)));
  }

  /** Changes the owner of a path, following symbolic links; -1 leaves an id as it is. */
  public static void chown(String path, int uid, int gid) throws PosixException {
    if (Native.C.chown(Native.cString(path), uid, gid) < 0) {
      throw PosixException.last("chown", path);
    }
  }

  /** Effective user id of this process. */
  public static int effectiveUid() {
    return Native.C.geteuid();
  }

  private static OptionalInt id(long entryAddress) {
    return entryAddress == 0
        ? OptionalInt.empty()
        : OptionalInt.of(Native.intAt(entryAddress + ID_OFFSET));
  }
}
