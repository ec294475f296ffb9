package io.sanlockd.protocol;

/** Bits of {@link MessageHeader#flags()}, by command (7.1). */
public final class CommandFlags {
  /** ADD_LOCKSPACE: reply at once. */
  public static final int ADD_ASYNC = 0x1;

  /** REM_LOCKSPACE: reply at once. */
  public static final int REM_ASYNC = 0x1;

  /** REM_LOCKSPACE: only when no lease of it is in use. */
  public static final int REM_UNUSED = 0x2;

  /** INQ_LOCKSPACE: wait while it is being added or removed. */
  public static final int INQ_WAIT = 0x1;

  /** WRITE_RESOURCE: invalidate the lease instead. */
  public static final int WRITE_CLEAR = 0x1;

  /** ACQUIRE: read the lease value block. */
  public static final int ACQUIRE_LVB = 0x1;

  /** ACQUIRE: an orphan may be adopted. */
  public static final int ACQUIRE_ORPHAN = 0x2;

  /** ACQUIRE: only an orphan is adopted. */
  public static final int ACQUIRE_ORPHAN_ONLY = 0x4;

  /** ACQUIRE, CONVERT: -247 instead of waiting for the death of the owner. */
  public static final int OWNER_NOWAIT = 0x8;

  /** RELEASE: all leases of the process. */
  public static final int RELEASE_ALL = 0x1;

  /** RELEASE: give the lease the name of the second resource. */
  public static final int RELEASE_RENAME = 0x2;

  /** RELEASE: orphans of that name. */
  public static final int RELEASE_ORPHAN = 0x4;

  /** RESTRICT: nothing more is accepted on the connection. */
  public static final int RESTRICT_ALL = 0x1;

  /** RESTRICT: SIGTERM instead of SIGKILL. */
  public static final int RESTRICT_SIGKILL = 0x2;

  /** RESTRICT: SIGKILL instead of SIGTERM. */
  public static final int RESTRICT_SIGTERM = 0x4;

  /** KILLPATH: append the pid to the arguments. */
  public static final int KILLPATH_PID = 0x1;

  /** GET_HOSTS of later versions: exactly the own record. */
  public static final int GET_HOST_LOCAL = 0x1;

  /** REQUEST: the version after the current one. */
  public static final int REQUEST_NEXT_LVER = 0x1;

  /** UPDATE, LOOKUP, REBUILD of an index: the lockspace need not be joined. */
  public static final int INDEX_NO_LOCKSPACE = 0x1;

  /** UPDATE of an index: set the entry. */
  public static final int INDEX_UPDATE_ADD = 0x10000;

  /** UPDATE of an index: clear the entry. */
  public static final int INDEX_UPDATE_REM = 0x20000;

  /** SET_EVENT: fill in the current generation of the host. */
  public static final int EVENT_CUR_GENERATION = 0x1;

  /** SET_EVENT: clear the bit of the host. */
  public static final int EVENT_CLEAR_HOSTID = 0x2;

  /** SET_EVENT: clear the event. */
  public static final int EVENT_CLEAR_EVENT = 0x4;

  /** SET_EVENT: replace an event still being sent. */
  public static final int EVENT_REPLACE = 0x8;

  /** SET_EVENT: to all hosts. */
  public static final int EVENT_ALL_HOSTS = 0x10;

  private CommandFlags() {}
}
