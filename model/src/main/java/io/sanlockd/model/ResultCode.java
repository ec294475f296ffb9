package io.sanlockd.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Every named result of a request or lease operation: the number that travels on the wire, what it
 * means and what to do next. The daemon's log, the command line and exceptions print from here and
 * nowhere else (protocol.md 7.2). Negative numbers above -200 are Linux errno values with the sign
 * turned; they are the same on every architecture supported.
 */
public enum ResultCode {
  /** Success. */
  OK(1, "success", "nothing to do", "Unknown error"),
  /** Request failed. */
  EGENERIC(-1, "request failed", "check the arguments and the daemon log", null),
  /** No such daemon socket, lockspace, resource or file. */
  ENOENT(
      -2,
      "no such daemon socket, lockspace, resource or file",
      "check the name and that the daemon runs",
      null),
  /** No registered process with this pid. */
  ESRCH(
      -3,
      "no registered process with this pid",
      "register the process first; 'sanlock client status' lists pids",
      null),
  /** Input/output error on the storage. */
  EIO(-5, "input/output error on the storage", "check the device and the kernel log", null),
  /** Argument string too short. */
  ENXIO(
      -6,
      "argument string too short",
      "see 'sanlock help' for the form of LOCKSPACE and RESOURCE",
      null),
  /** Too many resources or too much data. */
  E2BIG(
      -7,
      "too many resources or too much data",
      "at most 8 resources in one request; a value block is one sector",
      null),
  /** Bad file descriptor. */
  EBADF(-9, "bad file descriptor", "internal error; report it with the daemon log", null),
  /** Busy for the moment, or held shared by another host. */
  EAGAIN(-11, "busy for the moment, or held shared by another host", "try again later", null),
  /** Out of memory or over a limit. */
  ENOMEM(-12, "out of memory or over a limit", "close idle connections or raise the limit", null),
  /** Permission denied. */
  EACCES(
      -13,
      "permission denied",
      "check owner and group of the socket or device against the daemon's",
      null),
  /** In use, or a command for this process is already running. */
  EBUSY(
      -16,
      "in use, or a command for this process is already running",
      "wait for the other command, or name a registered pid with -p",
      null),
  /** Already exists or already held on this host. */
  EEXIST(
      -17,
      "already exists or already held on this host",
      "nothing to do, or release it first",
      null),
  /** The lockspace's file or device can not be opened. */
  ENODEV(
      -19,
      "the lockspace's file or device can not be opened",
      "check the path and its permissions",
      null),
  /** Invalid argument. */
  EINVAL(-22, "invalid argument", "check names, host_id, path, offset and sizes", null),
  /** The process died while the request was running. */
  ENOTTY(
      -25,
      "the process died while the request was running",
      "nothing is held; start the process again",
      null),
  /** The lockspace is not joined, or is failing. */
  ENOSPC(
      -28,
      "the lockspace is not joined, or is failing",
      "add the lockspace first; 'sanlock client gets' lists them",
      null),
  /** Number of disks must be 1 to 4. */
  ERANGE(-34, "number of disks must be 1 to 4", "give at least one PATH:OFFSET", null),
  /** All event channels of the lockspace are in use. */
  ENOCSI(
      -50, "all event channels of the lockspace are in use", "end other registrations first", null),
  /** Lease state can not be shown as text. */
  ELIBACC(-79, "lease state can not be shown as text", "use shorter paths", null),
  /** Lease state does not fit. */
  ELIBBAD(-80, "lease state does not fit", "use shorter paths or fewer leases", null),
  /** Lease state contains a blank. */
  ELIBSCN(-81, "lease state contains a blank", "use paths without blanks", null),
  /** Transfer cut short: the area lies past the end of the file or device. */
  EMSGSIZE(
      -90,
      "transfer cut short: the area lies past the end of the file or device",
      "check offset and size of the storage",
      null),
  /** Not supported. */
  EOPNOTSUPP(-95, "not supported", "use a release that offers this", null),
  /** The request ended before its data. */
  ENOTCONN(
      -107, "the request ended before its data", "the client closed the connection early", null),
  /** No daemon is listening on the socket. */
  ECONNREFUSED(-111, "no daemon is listening on the socket", "start the daemon", null),
  /** The lease is already in this mode. */
  EALREADY(-114, "the lease is already in this mode", "nothing to do", null),
  /** The lockspace is being added or removed. */
  EINPROGRESS(-115, "the lockspace is being added or removed", "wait with inq_lockspace", null),
  /** The process died before the request started. */
  ESTALE(-116, "the process died before the request started", "nothing is held", null),
  /** Held on this host as an orphan. */
  EUCLEAN(
      -117,
      "held on this host as an orphan",
      "adopt it with the orphan option or release the orphan",
      null),
  /** The I/O timed out and was cancelled. */
  ECANCELED(-125, "the I/O timed out and was cancelled", "check the storage", null),
  /** Aborted or internally inconsistent. */
  ERROR(-201, "aborted or internally inconsistent", "see the daemon log", "General error"),
  /** The I/O did not finish within the io_timeout and may still land. */
  AIO_TIMEOUT(
      -202,
      "the I/O did not finish within the io_timeout and may still land",
      "check the storage; the daemon goes on in the background",
      "IO timeout"),
  /** The watchdog can not protect this lockspace. */
  WD_ERROR(
      -203,
      "the watchdog can not protect this lockspace",
      "start wdmd, or run without a watchdog using -w 0",
      "Watchdog device error"),
  /** Too few disks could be read in a ballot. */
  DBLOCK_READ(
      -210,
      "too few disks could be read in a ballot",
      "check the storage",
      "Lease read error in dblock"),
  /** Too few disks could be written in a ballot. */
  DBLOCK_WRITE(
      -211,
      "too few disks could be written in a ballot",
      "check the storage",
      "Lease write error in dblock"),
  /** Another host is deciding a newer version. */
  DBLOCK_LVER(
      -212,
      "another host is deciding a newer version",
      "try again",
      "Lease was acquired by another host in new ballot"),
  /** Another host is deciding this version. */
  DBLOCK_MBAL(
      -213,
      "another host is deciding this version",
      "try again",
      "Lease was acquired by another host in current ballot"),
  /** A host block is damaged. */
  DBLOCK_CHECKSUM(
      -214,
      "a host block is damaged",
      "check the sector size given; a damaged lease must be initialised again",
      "Lease checksum error in dblock"),
  /** Too few disks gave a leader record. */
  LEADER_READ(
      -220,
      "too few disks gave a leader record",
      "check the storage",
      "Lease read error in leader"),
  /** Too few disks took the leader record. */
  LEADER_WRITE(
      -221,
      "too few disks took the leader record",
      "check the storage",
      "Lease write error in leader"),
  /** The disks of the lease disagree. */
  LEADER_DIFF(
      -222,
      "the disks of the lease disagree",
      "compare the disks with 'sanlock direct dump'",
      "Lease read inconsistent"),
  /** There is no lease at this place. */
  LEADER_MAGIC(
      -223,
      "there is no lease at this place",
      "initialise it with 'sanlock direct init', or check path and offset",
      "Lease does not exist on storage"),
  /** The lease has a format this version does not know. */
  LEADER_VERSION(
      -224,
      "the lease has a format this version does not know",
      "use a daemon of the version that formatted it",
      "Lease format version on storage is not recognized"),
  /** The lease has an invalid sector size. */
  LEADER_SECTORSIZE(
      -225,
      "the lease has an invalid sector size",
      "check the area with 'sanlock direct read_leader'",
      "Lease sector size is inconsistent"),
  /** The area belongs to another lockspace. */
  LEADER_LOCKSPACE(
      -226,
      "the area belongs to another lockspace",
      "check the lockspace name, path and offset",
      "Lease lockspace name is incorrect"),
  /** The area belongs to another resource. */
  LEADER_RESOURCE(
      -227,
      "the area belongs to another resource",
      "check the resource name, path and offset",
      "Lease resource name is incorrect"),
  /** The lease has room for fewer hosts than our host_id. */
  LEADER_NUMHOSTS(
      -228,
      "the lease has room for fewer hosts than our host_id",
      "use a smaller host_id or a larger num_hosts",
      "Lease num_hosts is incorrect"),
  /** The lease record is damaged. */
  LEADER_CHECKSUM(
      -229,
      "the lease record is damaged",
      "initialise it again if no host uses it",
      "Lease checksum error in leader"),
  /** The lockspace has an invalid sector and align size. */
  ADDLS_SIZES(
      -230,
      "the lockspace has an invalid sector and align size",
      "check the area with 'sanlock direct read_leader'",
      "Unknown error"),
  /** Host_id is larger than the lockspace allows. */
  ADDLS_INVALID_HOSTID(
      -231,
      "host_id is larger than the lockspace allows",
      "use a smaller host_id",
      "Unknown error"),
  /** The lease has another version than asked for. */
  ACQUIRE_LVER(
      -240,
      "the lease has another version than asked for",
      "read the current version and try again",
      "Unknown error"),
  /** The lockspace of the lease is not joined. */
  ACQUIRE_LOCKSPACE(
      -241,
      "the lockspace of the lease is not joined",
      "add the lockspace first",
      "Lease lockspace is not found"),
  /** The lockspace's disk can not be opened. */
  ACQUIRE_IDDISK(
      -242,
      "the lockspace's disk can not be opened",
      "check the lockspace's path",
      "Lease lockspace disk cannot be opened"),
  /** Held by another host that is alive. */
  ACQUIRE_IDLIVE(
      -243,
      "held by another host that is alive",
      "wait, or ask that host to release it",
      "Lease is held by another host"),
  /** Another host took it at the same moment. */
  ACQUIRE_OWNED(
      -244,
      "another host took it at the same moment",
      "try again",
      "Lease was acquired by another host in other ballot"),
  /** Another host won it at the same moment. */
  ACQUIRE_OTHER(
      -245,
      "another host won it at the same moment",
      "try again",
      "Lease was acquired by another host in local commit"),
  /** Too much contention among hosts that share it. */
  ACQUIRE_SHRETRY(
      -246,
      "too much contention among hosts that share it",
      "try again",
      "Lease is held by another host for shared acquire"),
  /** Its owner is not alive but not yet certainly dead. */
  ACQUIRE_OWNED_RETRY(
      -247,
      "its owner is not alive but not yet certainly dead",
      "try again after the owner's dead time",
      "Lease is owned by another host"),
  /** The lease on disk has another version than the one released. */
  RELEASE_LVER(
      -250,
      "the lease on disk has another version than the one released",
      "see the daemon log",
      "Lease release version is incorrect"),
  /** The lease on disk has another owner than the one releasing. */
  RELEASE_OWNER(
      -251,
      "the lease on disk has another owner than the one releasing",
      "see the daemon log",
      "Lease release owner is incorrect"),
  /** Another host owns our host_id. */
  RENEW_OWNER(
      -260,
      "another host owns our host_id",
      "find the host with the same host_id",
      "Lease renew owner is incorrect"),
  /** Our host_id lease was changed by somebody else. */
  RENEW_DIFF(
      -261,
      "our host_id lease was changed by somebody else",
      "find who writes to the lockspace area",
      "Lease renew data has changed"),
  /** The host_id is used by another host. */
  HOSTID_BUSY(
      -262,
      "the host_id is used by another host",
      "use another host_id",
      "Lease host ID is being used by another host"),
  /** Another host has declared us dead. */
  RENEW_DEAD_EXT(
      -263,
      "another host has declared us dead",
      "find out why; join again with the next generation",
      "Unknown error"),
  /** The request record is damaged. */
  REQUEST_MAGIC(
      -270,
      "the request record is damaged",
      "initialise the lease again if no host uses it",
      "Lease request block has invalid data"),
  /** The request record has an unknown format. */
  REQUEST_VERSION(
      -271,
      "the request record has an unknown format",
      "use a daemon of the version that formatted it",
      "Lease request block has invalid version"),
  /** The requested version is not newer than the current one. */
  REQUEST_OLD(
      -272,
      "the requested version is not newer than the current one",
      "request a newer version",
      "Lease request has newer lease version"),
  /** A newer version is already requested. */
  REQUEST_LVER(
      -273,
      "a newer version is already requested",
      "nothing to do",
      "Lease request block has newer version"),
  /** There is no resource index at this place. */
  RINDEX_MAGIC(
      -274, "there is no resource index at this place", "check path and offset", "Unknown error"),
  /** The resource index has an unknown format. */
  RINDEX_VERSION(
      -275,
      "the resource index has an unknown format",
      "use a daemon of the version that formatted it",
      "Unknown error"),
  /** The resource index belongs to another lockspace. */
  RINDEX_LOCKSPACE(
      -276,
      "the resource index belongs to another lockspace",
      "check the lockspace name",
      "Unknown error"),
  /** Offset does not fit the resource index. */
  RINDEX_OFFSET(
      -277,
      "offset does not fit the resource index",
      "check the offset and its alignment",
      "Unknown error"),
  /** Name and offset do not belong together. */
  RINDEX_DIFF(
      -278, "name and offset do not belong together", "look the name up first", "Unknown error"),
  /** The lease may only be changed with COMPARE AND WRITE. */
  CAW_OPEN(
      -283,
      "the lease may only be changed with COMPARE AND WRITE, which is not supported",
      "format it without COMPARE AND WRITE, or use a host that supports it",
      "Unknown error");

  private static final Map<Integer, ResultCode> BY_NUMBER = new HashMap<>();

  static {
    for (ResultCode code : values()) {
      BY_NUMBER.put(code.number, code);
    }
  }

  private final int number;
  private final String cause;
  private final String advice;
  private final String libraryText;

  ResultCode(int number, String cause, String advice, String libraryText) {
    this.number = number;
    this.cause = cause;
    this.advice = advice;
    this.libraryText = libraryText;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** One line: what happened. Lower case, no full stop. */
  public String cause() {
    return cause;
  }

  /** One line: what to do next. Lower case, no full stop. */
  public String advice() {
    return advice;
  }

  /**
   * The text that the C library's {@code sanlock_strerror} gives for this code.
   *
   * @return empty for errno values, whose text is the system's
   */
  public Optional<String> libraryText() {
    return Optional.ofNullable(libraryText);
  }

  /** The code of a number, empty when it has no name here (an errno from a device, a count). */
  public static Optional<ResultCode> of(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** Number, name and cause of a result for a human, whether it has a name or not. */
  public static String describe(int number) {
    return of(number)
        .map(code -> number + " " + code.name() + " (" + code.cause + ")")
        .orElse(Integer.toString(number));
  }
}
