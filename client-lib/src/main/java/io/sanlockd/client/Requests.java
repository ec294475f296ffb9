package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceIndex;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The messages a client can send, with the arguments in the header fields where the daemon looks
 * for them (protocol.md 8). {@code target} is the pid of a registered process, or {@link
 * MessageHeader#THIS_CONNECTION}. Unlike the C library the announced length is always right.
 */
public final class Requests {
  private Requests() {}

  /** A request that is only a command: REGISTER, VERSION, GET_LOCKSPACES, LOG_DUMP. */
  public static Request plain(Command command) {
    return header(command, 0, 0, 0);
  }

  /** SHUTDOWN or SHUTDOWN_WAIT. */
  public static Request shutdown(Command command, int force) {
    return header(command, 0, force, 0);
  }

  /**
   * STATUS.
   *
   * @param detail 0 everything, 1 to 3 stop after daemon, clients, lockspaces
   */
  public static Request status(int detail) {
    return header(Command.STATUS, 0, detail, 0);
  }

  /** INQUIRE. */
  public static Request inquire(int target) {
    return header(Command.INQUIRE, 0, 0, target);
  }

  /** RESTRICT this connection. */
  public static Request restrict(int mask) {
    return header(Command.RESTRICT, mask, 0, MessageHeader.THIS_CONNECTION);
  }

  /** ADD_LOCKSPACE; io_timeout 0 for the daemon's default. */
  public static Request addLockspace(Lockspace lockspace, int flags, int ioTimeoutSeconds) {
    return lockspace(Command.ADD_LOCKSPACE, lockspace, flags, ioTimeoutSeconds, 0);
  }

  /**
   * A command with a lockspace and flags but no other argument: INQ_LOCKSPACE, REM_LOCKSPACE,
   * HOST_STATUS, RENEWAL, READ_LOCKSPACE, GET_HOSTS, EXAMINE_LOCKSPACE, END_EVENT.
   */
  public static Request lockspace(Command command, Lockspace lockspace, int flags) {
    return lockspace(command, lockspace, flags, 0, 0);
  }

  /** WRITE_LOCKSPACE. */
  public static Request writeLockspace(Lockspace lockspace, int maxHosts, int ioTimeoutSeconds) {
    return lockspace(Command.WRITE_LOCKSPACE, lockspace, 0, maxHosts, ioTimeoutSeconds);
  }

  /** SET_CONFIG, one of {@link io.sanlockd.protocol.ConfigValue}. */
  public static Request setConfig(Lockspace lockspace, int value) {
    return lockspace(Command.SET_CONFIG, lockspace, 0, value, 0);
  }

  /** REG_EVENT or SET_EVENT. */
  public static Request event(Command command, Lockspace lockspace, HostEvent event, int flags) {
    ByteBuffer message = start(command, flags, Lockspace.LENGTH + HostEvent.LENGTH, 0, 0);
    lockspace.encode(message);
    event.encode(message);
    return finish(command, message);
  }

  /** WRITE_RESOURCE. The daemon takes the number of hosts from {@code data} (8.19). */
  public static Request writeResource(Resource resource, int numHosts, int flags) {
    return resourceWithDisks(Command.WRITE_RESOURCE, resource, flags, numHosts, numHosts);
  }

  /** READ_RESOURCE or READ_RESOURCE_OWNERS. */
  public static Request readResource(Command command, Resource resource) {
    return resourceWithDisks(command, resource, 0, 0, 0);
  }

  /** REQUEST, with one of {@link io.sanlockd.protocol.RequestForce}. */
  public static Request request(Resource resource, int flags, int forceMode) {
    return resourceWithDisks(Command.REQUEST, resource, flags, forceMode, 0);
  }

  /** CONVERT; the SHARED flag of the resource is the mode wanted. */
  public static Request convert(int target, Resource resource, int flags) {
    return resource(Command.CONVERT, resource, flags, target);
  }

  /** EXAMINE_RESOURCE. */
  public static Request examineResource(Resource resource) {
    return resource(Command.EXAMINE_RESOURCE, resource, 0, 0);
  }

  /** GET_LVB: the whole value block. */
  public static Request getValueBlock(Resource resource) {
    return resource(Command.GET_LVB, resource, 0, 0);
  }

  /** SET_LVB. */
  public static Request setValueBlock(Resource resource, byte[] value) {
    ByteBuffer message = start(Command.SET_LVB, 0, Resource.LENGTH + value.length, 0, 0);
    resource.encodeWithoutDisks(message);
    message.put(value);
    return finish(Command.SET_LVB, message);
  }

  /** ACQUIRE of at most 8 leases. */
  public static Request acquire(int target, int flags, List<Resource> resources, Options options) {
    return acquire(Command.ACQUIRE, target, flags, resources, options);
  }

  /**
   * ACQUIRE2: as ACQUIRE, but a refusal because of an owner names it in the reply (v5.md 6.1). Only
   * for daemons of which {@link DaemonVersion#offersAcquire2} is true.
   */
  public static Request acquireNamingOwner(
      int target, int flags, Resource resource, Options options) {
    return acquire(Command.ACQUIRE2, target, flags, List.of(resource), options);
  }

  private static Request acquire(
      Command command, int target, int flags, List<Resource> resources, Options options) {
    int payloadLength = Options.LENGTH;
    for (int i = 0; i < resources.size(); i++) {
      payloadLength += resources.get(i).encodedLength();
    }
    ByteBuffer message = start(command, flags, payloadLength, resources.size(), target);
    for (int i = 0; i < resources.size(); i++) {
      resources.get(i).encode(message);
    }
    options.encode(message);
    return finish(command, message);
  }

  /** RELEASE; only the names of the leases matter. With RELEASE_ALL none is sent. */
  public static Request release(int target, int flags, List<Resource> resources) {
    int count = (flags & CommandFlags.RELEASE_ALL) != 0 ? 0 : resources.size();
    ByteBuffer message = start(Command.RELEASE, flags, count * Resource.LENGTH, count, target);
    for (int i = 0; i < count; i++) {
      resources.get(i).encodeWithoutDisks(message);
    }
    return finish(Command.RELEASE, message);
  }

  /** ALIGN. */
  public static Request align(Disk disk) {
    ByteBuffer message = start(Command.ALIGN, 0, Disk.LENGTH, 0, 0);
    disk.encode(message);
    return finish(Command.ALIGN, message);
  }

  /** KILLPATH of this connection. */
  public static Request killpath(Killpath killpath, int flags) {
    ByteBuffer message =
        start(Command.KILLPATH, flags, Killpath.LENGTH, 0, MessageHeader.THIS_CONNECTION);
    killpath.encode(message);
    return finish(Command.KILLPATH, message);
  }

  /** FORMAT_RINDEX or REBUILD_RINDEX. */
  public static Request index(Command command, ResourceIndex index, int flags) {
    ByteBuffer message = start(command, flags, ResourceIndex.LENGTH, 0, 0);
    index.encode(message);
    return finish(command, message);
  }

  /** UPDATE_RINDEX, LOOKUP_RINDEX or DELETE_RESOURCE; CREATE_RESOURCE also looks at numHosts. */
  public static Request indexEntry(
      Command command, ResourceIndex index, IndexEntry entry, int flags, int numHosts) {
    ByteBuffer message =
        start(command, flags, ResourceIndex.LENGTH + IndexEntry.LENGTH, 0, numHosts);
    index.encode(message);
    entry.encode(message);
    return finish(command, message);
  }

  private static Request lockspace(
      Command command, Lockspace lockspace, int flags, int data, int data2) {
    ByteBuffer message = start(command, flags, Lockspace.LENGTH, data, data2);
    lockspace.encode(message);
    return finish(command, message);
  }

  private static Request resource(Command command, Resource resource, int flags, int data2) {
    ByteBuffer message = start(command, flags, Resource.LENGTH, 0, data2);
    resource.encodeWithoutDisks(message);
    return finish(command, message);
  }

  private static Request resourceWithDisks(
      Command command, Resource resource, int flags, int data, int data2) {
    ByteBuffer message = start(command, flags, resource.encodedLength(), data, data2);
    resource.encode(message);
    return finish(command, message);
  }

  private static Request header(Command command, int flags, int data, int data2) {
    return finish(command, start(command, flags, 0, data, data2));
  }

  private static ByteBuffer start(
      Command command, int flags, int payloadLength, int data, int data2) {
    ByteBuffer message = ByteBuffer.allocate(MessageHeader.LENGTH + payloadLength);
    MessageHeader.request(command, flags, payloadLength, data, data2).encode(message);
    return message;
  }

  private static Request finish(Command command, ByteBuffer message) {
    return new Request(command, message.flip());
  }
}
