package io.sanlockd.protocol;

import java.util.Locale;
import java.util.Optional;

/** The 40 commands of sanlock 3.8.5 (protocol.md 8). */
public enum Command {
  REGISTER(1, Payload.NONE),
  ADD_LOCKSPACE(2, Payload.LOCKSPACE),
  REM_LOCKSPACE(3, Payload.LOCKSPACE),
  SHUTDOWN(4, Payload.NONE),
  STATUS(5, Payload.NONE),
  LOG_DUMP(6, Payload.NONE),
  ACQUIRE(7, Payload.ACQUIRE),
  RELEASE(8, Payload.RELEASE),
  INQUIRE(9, Payload.NONE),
  RESTRICT(10, Payload.NONE),
  REQUEST(11, Payload.RESOURCE_WITH_DISKS),
  ALIGN(12, Payload.DISK),
  EXAMINE_LOCKSPACE(13, Payload.LOCKSPACE),
  EXAMINE_RESOURCE(14, Payload.RESOURCE),
  HOST_STATUS(15, Payload.LOCKSPACE),
  INQ_LOCKSPACE(16, Payload.LOCKSPACE),
  KILLPATH(17, Payload.KILLPATH),
  WRITE_LOCKSPACE(18, Payload.LOCKSPACE),
  WRITE_RESOURCE(19, Payload.RESOURCE_WITH_DISKS),
  READ_LOCKSPACE(20, Payload.LOCKSPACE),
  READ_RESOURCE(21, Payload.RESOURCE_WITH_DISKS),
  GET_LOCKSPACES(22, Payload.NONE),
  GET_HOSTS(23, Payload.LOCKSPACE),
  READ_RESOURCE_OWNERS(24, Payload.RESOURCE_WITH_DISKS),
  SET_LVB(25, Payload.VALUE_BLOCK),
  GET_LVB(26, Payload.RESOURCE),
  CONVERT(27, Payload.RESOURCE),
  VERSION(28, Payload.NONE),
  SHUTDOWN_WAIT(29, Payload.NONE),
  REG_EVENT(30, Payload.LOCKSPACE_AND_EVENT),
  END_EVENT(31, Payload.LOCKSPACE),
  SET_EVENT(32, Payload.LOCKSPACE_AND_EVENT),
  SET_CONFIG(33, Payload.LOCKSPACE),
  RENEWAL(34, Payload.LOCKSPACE),
  FORMAT_RINDEX(35, Payload.INDEX),
  UPDATE_RINDEX(36, Payload.INDEX_AND_ENTRY),
  LOOKUP_RINDEX(37, Payload.INDEX_AND_ENTRY),
  CREATE_RESOURCE(38, Payload.INDEX_AND_ENTRY),
  DELETE_RESOURCE(39, Payload.INDEX_AND_ENTRY),
  REBUILD_RINDEX(40, Payload.INDEX);

  /** What follows the header of a request. */
  enum Payload {
    NONE,
    LOCKSPACE,
    LOCKSPACE_AND_EVENT,
    RESOURCE,
    RESOURCE_WITH_DISKS,
    DISK,
    ACQUIRE,
    RELEASE,
    KILLPATH,
    VALUE_BLOCK,
    INDEX,
    INDEX_AND_ENTRY
  }

  private static final Command[] BY_NUMBER = new Command[values().length + 1];

  static {
    for (Command command : values()) {
      BY_NUMBER[command.number] = command;
    }
  }

  private final int number;
  private final Payload payload;

  Command(int number, Payload payload) {
    this.number = number;
    this.payload = payload;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  Payload payload() {
    return payload;
  }

  /** The command of a number, empty when there is none. */
  public static Optional<Command> of(int number) {
    return number > 0 && number < BY_NUMBER.length
        ? Optional.of(BY_NUMBER[number])
        : Optional.empty();
  }

  /** Name in lower case, as status and logs show it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
