package io.sanlockd.protocol;

import java.util.Optional;

/** The commands by their number on the wire (section 8). */
public enum Command {
  /** The sender becomes a registered process; no reply. */
  REGISTER(1, PayloadKind.NONE),
  /** Join a lockspace. */
  ADD_LOCKSPACE(2, PayloadKind.LOCKSPACE),
  /** Leave a lockspace. */
  REM_LOCKSPACE(3, PayloadKind.LOCKSPACE),
  /** End the daemon; no reply. */
  SHUTDOWN(4, PayloadKind.NONE),
  /** Stream of states. */
  STATUS(5, PayloadKind.NONE),
  /** The log in memory. */
  LOG_DUMP(6, PayloadKind.NONE),
  /** Take leases for a registered process. */
  ACQUIRE(7, PayloadKind.ACQUIRE),
  /** Give leases back. */
  RELEASE(8, PayloadKind.RELEASE),
  /** The leases of a registered process. */
  INQUIRE(9, PayloadKind.NONE),
  /** Restrict a connection. */
  RESTRICT(10, PayloadKind.NONE),
  /** Ask the holder of a lease for it. */
  REQUEST(11, PayloadKind.RESOURCE_WITH_DISKS),
  /** Default align size of a device. */
  ALIGN(12, PayloadKind.DISK),
  /** Look for requests in a lockspace. */
  EXAMINE_LOCKSPACE(13, PayloadKind.LOCKSPACE),
  /** Look for requests for a lease. */
  EXAMINE_RESOURCE(14, PayloadKind.RESOURCE),
  /** Stream of host states. */
  HOST_STATUS(15, PayloadKind.LOCKSPACE),
  /** Is a lockspace joined. */
  INQ_LOCKSPACE(16, PayloadKind.LOCKSPACE),
  /** Set the program run instead of SIGTERM. */
  KILLPATH(17, PayloadKind.KILLPATH),
  /** Initialise a lockspace. */
  WRITE_LOCKSPACE(18, PayloadKind.LOCKSPACE),
  /** Initialise a lease. */
  WRITE_RESOURCE(19, PayloadKind.RESOURCE_WITH_DISKS),
  /** Read a lockspace record. */
  READ_LOCKSPACE(20, PayloadKind.LOCKSPACE),
  /** Read a lease record. */
  READ_RESOURCE(21, PayloadKind.RESOURCE_WITH_DISKS),
  /** The lockspaces of the daemon. */
  GET_LOCKSPACES(22, PayloadKind.NONE),
  /** The hosts of a lockspace. */
  GET_HOSTS(23, PayloadKind.LOCKSPACE),
  /** The owners of a lease on disk. */
  READ_RESOURCE_OWNERS(24, PayloadKind.RESOURCE_WITH_DISKS),
  /** Set the value block of a lease held. */
  SET_LVB(25, PayloadKind.VALUE_BLOCK),
  /** Get the value block of a lease held. */
  GET_LVB(26, PayloadKind.RESOURCE),
  /** Change between shared and exclusive. */
  CONVERT(27, PayloadKind.RESOURCE),
  /** Version of daemon and protocol. */
  VERSION(28, PayloadKind.NONE),
  /** End the daemon, reply when it ends. */
  SHUTDOWN_WAIT(29, PayloadKind.NONE),
  /** Make the connection an event channel. */
  REG_EVENT(30, PayloadKind.LOCKSPACE_AND_EVENT),
  /** End event channels. */
  END_EVENT(31, PayloadKind.LOCKSPACE),
  /** Send an event to a host. */
  SET_EVENT(32, PayloadKind.LOCKSPACE_AND_EVENT),
  /** Mark a lockspace as used. */
  SET_CONFIG(33, PayloadKind.LOCKSPACE),
  /** Stream of past renewals. */
  RENEWAL(34, PayloadKind.LOCKSPACE),
  /** Initialise a resource index. */
  FORMAT_RINDEX(35, PayloadKind.INDEX),
  /** Change an entry of an index. */
  UPDATE_RINDEX(36, PayloadKind.INDEX_AND_ENTRY),
  /** Find an entry of an index. */
  LOOKUP_RINDEX(37, PayloadKind.INDEX_AND_ENTRY),
  /** Create a lease and its entry. */
  CREATE_RESOURCE(38, PayloadKind.INDEX_AND_ENTRY),
  /** Delete a lease and its entry. */
  DELETE_RESOURCE(39, PayloadKind.INDEX_AND_ENTRY),
  /** Rebuild an index from the leases. */
  REBUILD_RINDEX(40, PayloadKind.INDEX),
  /** ACQUIRE of later versions: the refusal names the owner. */
  ACQUIRE2(41, PayloadKind.ACQUIRE),
  /** READ_LOCKSPACE of later versions: the host that owns the slot, too. */
  READ_LOCKSPACE_HOST(42, PayloadKind.LOCKSPACE);

  private static final Command[] BY_NUMBER = values();

  private final int number;
  private final PayloadKind payload;

  Command(int number, PayloadKind payload) {
    this.number = number;
    this.payload = payload;
  }

  /** The number on the wire, 1..42. */
  public int number() {
    return number;
  }

  /** What follows the header of a request. */
  public PayloadKind payload() {
    return payload;
  }

  /**
   * The command of a number.
   *
   * @return empty for numbers this version does not answer: 0, 43 (INIT_LOCKSPACE_HOST), 44
   *     (SET_HOST) of later versions, and above
   */
  public static Optional<Command> of(int number) {
    return number >= 1 && number <= BY_NUMBER.length
        ? Optional.of(BY_NUMBER[number - 1])
        : Optional.empty();
  }
}
