package io.sanlockd.daemon.world;

import io.sanlockd.daemon.loop.Connection;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** One connection, with the requests of the C library. */
public final class VirtualClient {
  private static final int BUFFER = 1 << 17;
  private static final int THIS = MessageHeader.THIS_CONNECTION;

  private final VirtualDaemon daemon;
  private final FakeConnection connection;

  VirtualClient(VirtualDaemon daemon, FakeConnection connection) {
    this.daemon = daemon;
    this.connection = connection;
  }

  /** The connection. */
  public FakeConnection connection() {
    return connection;
  }

  /** The process behind it. */
  public FakeProcesses.FakeProcess process() {
    return daemon.processes().process(connection.peer().pid());
  }

  /** Pid of the process behind it. */
  public int pid() {
    return connection.peer().pid();
  }

  /** Whether the daemon has closed it. */
  public boolean closed() {
    return connection.state() == Connection.State.CLOSED;
  }

  /** How many replies there were. */
  public int replies() {
    return connection.replies().size();
  }

  /** Result of the last reply. */
  public int lastResult() {
    return connection.lastReply().result();
  }

  /** The process closes the connection. */
  public void disconnect() {
    connection.disconnect();
  }

  /** The process ends. */
  public void die() {
    process().exit();
    connection.disconnect();
  }

  /** Sends a request and lets happen what needs no time. */
  public VirtualClient send(
      Command command, int flags, int data, int data2, Consumer<ByteBuffer> payload) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    payload.accept(buffer);
    byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
    connection.send(MessageHeader.request(command, flags, bytes.length, data, data2), bytes);
    daemon.world().time().settle();
    return this;
  }

  /** Sends a request without a payload. */
  public VirtualClient send(Command command, int flags, int data) {
    return send(command, flags, data, 0, payload -> {});
  }

  /** REGISTER. */
  public VirtualClient register() {
    return send(Command.REGISTER, 0, 0);
  }

  /** ADD_LOCKSPACE. */
  public VirtualClient add(String name, long hostId, String path, long offset, int ioTimeout) {
    return lockspace(Command.ADD_LOCKSPACE, 0, ioTimeout, name, hostId, path, offset);
  }

  /** A command about a lockspace. */
  public VirtualClient lockspace(
      Command command, int flags, int data, String name, long hostId, String path, long offset) {
    Lockspace lockspace = new Lockspace(LeaseName.of(name), hostId, 0, new Disk(path, offset));
    return send(command, flags, data, 0, lockspace::encode);
  }

  /** A command about LS on the standard disk. */
  public VirtualClient standard(Command command, int flags) {
    return lockspace(command, flags, 0, "LS", 1, World.DISK, 0);
  }

  /** Resource rN of LS on the standard disk. */
  public static Resource resource(int number) {
    return Resource.on(
        LeaseName.of("LS"),
        LeaseName.of("r" + number),
        List.of(new Disk(World.DISK, (long) number * World.MIB)));
  }

  /** The same lease, wanted shared. */
  public static Resource shared(int number) {
    return resource(number).withFlags(ResourceFlags.SHARED);
  }

  /** ACQUIRE for this connection. */
  public VirtualClient acquire(int flags, Resource... resources) {
    return acquireFor(THIS, flags, resources);
  }

  /** ACQUIRE for a process. */
  public VirtualClient acquireFor(int pid, int flags, Resource... resources) {
    return send(
        Command.ACQUIRE,
        flags,
        resources.length,
        pid,
        payload -> {
          for (Resource resource : resources) {
            resource.encode(payload);
          }
          Options.NONE.encode(payload);
        });
  }

  /** RELEASE for this connection. */
  public VirtualClient release(int flags, Resource... resources) {
    return releaseFor(THIS, flags, resources);
  }

  /** RELEASE for a process. */
  public VirtualClient releaseFor(int pid, int flags, Resource... resources) {
    return send(
        Command.RELEASE,
        flags,
        resources.length,
        pid,
        payload -> {
          for (Resource resource : resources) {
            resource.encodeWithoutDisks(payload);
          }
        });
  }

  /** RELEASE of everything. */
  public VirtualClient releaseAll() {
    return release(CommandFlags.RELEASE_ALL);
  }

  /** CONVERT for this connection, to the mode of the resource. */
  public VirtualClient convert(int flags, Resource resource) {
    return send(Command.CONVERT, flags, 0, THIS, resource::encodeWithoutDisks);
  }

  /** SET_LVB. */
  public int setValue(Resource resource, byte[] bytes) {
    send(
        Command.SET_LVB,
        0,
        0,
        0,
        payload -> {
          resource.encodeWithoutDisks(payload);
          payload.put(bytes);
        });
    return lastResult();
  }

  /** GET_LVB: the first bytes; there must be a value block. */
  public byte[] value(Resource resource, int length) {
    send(Command.GET_LVB, 0, 0, length, resource::encodeWithoutDisks);
    if (lastResult() != 0) {
      throw new IllegalStateException("no value block: " + lastResult());
    }
    byte[] bytes = new byte[connection.lastReply().body().remaining()];
    connection.lastReply().body().duplicate().get(bytes);
    return bytes;
  }

  /** REQUEST. */
  public int request(int flags, int forceMode, Resource resource) {
    return send(Command.REQUEST, flags, forceMode, 0, resource::encode).lastResult();
  }

  /** INQUIRE for this connection: the leases as text. */
  public String inquire() {
    send(Command.INQUIRE, 0, 0, THIS, payload -> {});
    return connection.lastReply().text();
  }
}
