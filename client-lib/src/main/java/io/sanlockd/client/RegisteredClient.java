package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.io.Closeable;
import java.util.List;

/**
 * This process, registered with the daemon: the leases it takes are its own until it gives them
 * back, closes this object or ends (protocol.md 6). Calls from several threads wait for each other.
 * Do not lose the object: a connection collected as garbage is a released lease.
 */
public final class RegisteredClient implements Closeable {
  private final RequestChannel connection;

  private RegisteredClient(RequestChannel connection) {
    this.connection = connection;
  }

  /**
   * Registers over a connection, which then belongs to the object and is closed on failure. The
   * daemon takes the pid from the socket; there is no reply.
   */
  public static RegisteredClient register(DaemonConnection connection) throws SanlockException {
    return register((RequestChannel) connection);
  }

  /** As above, over a connection that somebody watches. */
  public static RegisteredClient register(WatchedConnection connection) throws SanlockException {
    return register((RequestChannel) connection);
  }

  private static RegisteredClient register(RequestChannel connection) throws SanlockException {
    int result = connection.send(Requests.plain(Command.REGISTER));
    if (result < 0) {
      connection.close();
      throw new SanlockException(result, Command.REGISTER);
    }
    return new RegisteredClient(connection);
  }

  /** Any request of a registered process, with the numbers as the C library gives them. */
  public synchronized Reply exchange(Request request) {
    return connection.exchange(request);
  }

  /**
   * Takes leases: all or none.
   *
   * @param resources at most 8
   */
  public void acquire(List<Resource> resources, Options options, AcquireFlag... flags)
      throws SanlockException {
    call(Requests.acquire(MessageHeader.THIS_CONNECTION, Flag.bits(flags), resources, options));
  }

  /**
   * Takes one lease; a refusal names the owner. Only for daemons that offer it ({@link
   * DaemonVersion#offersAcquire2}): others never answer.
   *
   * @throws SanlockException with an {@link SanlockException#owner} when an owner is the reason
   */
  public void acquireOrNameOwner(Resource resource, Options options, AcquireFlag... flags)
      throws SanlockException {
    Reply reply =
        exchange(
            Requests.acquireNamingOwner(
                MessageHeader.THIS_CONNECTION, Flag.bits(flags), resource, options));
    if (reply.result() < 0) {
      throw new SanlockException(
          reply.result(), Command.ACQUIRE, OwnerLookup.ofReply(reply).orElse(null));
    }
  }

  /** Takes one lease, waiting for a dead owner as long as it takes. */
  public void acquire(Resource resource) throws SanlockException {
    acquire(List.of(resource), Options.NONE);
  }

  /** Gives leases back; only names count. */
  public void release(List<Resource> resources) throws SanlockException {
    call(Requests.release(MessageHeader.THIS_CONNECTION, 0, resources));
  }

  /** Gives all leases back. */
  public void releaseAll() throws SanlockException {
    call(Requests.release(MessageHeader.THIS_CONNECTION, CommandFlags.RELEASE_ALL, List.of()));
  }

  /** Gives a lease back and renames it in the same write. */
  public void releaseAndRename(Resource held, Resource renamed) throws SanlockException {
    call(
        Requests.release(
            MessageHeader.THIS_CONNECTION, CommandFlags.RELEASE_RENAME, List.of(held, renamed)));
  }

  /** The leases held, oldest first. */
  public List<Resource> inquire() throws SanlockException {
    return Results.leases(call(Requests.inquire(MessageHeader.THIS_CONNECTION)));
  }

  /** Makes a lease shared or exclusive, as its SHARED flag says. */
  public void convert(Resource resource, ConvertFlag... flags) throws SanlockException {
    call(Requests.convert(MessageHeader.THIS_CONNECTION, resource, Flag.bits(flags)));
  }

  /** The value block of a lease taken with {@link AcquireFlag#VALUE_BLOCK}: one sector. */
  public byte[] valueBlock(Resource resource) throws SanlockException {
    return Results.bytes(call(Requests.getValueBlock(resource)));
  }

  /** Sets the first bytes of the value block; on disk with the release of the exclusive lease. */
  public void setValueBlock(Resource resource, byte[] value) throws SanlockException {
    call(Requests.setValueBlock(resource, value));
  }

  /**
   * Restricts the connection, in place of an earlier restriction; {@link RestrictFlag#ALL} makes
   * this object useless except for closing.
   */
  public void restrict(RestrictFlag... flags) throws SanlockException {
    call(Requests.restrict(Flag.bits(flags)));
  }

  /**
   * Sets the program that is run instead of SIGTERM when the lockspace fails.
   *
   * @param appendPid whether the pid of this process becomes its last argument; once set it stays
   */
  public void killpath(Killpath killpath, boolean appendPid) throws SanlockException {
    call(Requests.killpath(killpath, appendPid ? CommandFlags.KILLPATH_PID : 0));
  }

  private Reply call(Request request) throws SanlockException {
    return Results.checked(request.command(), exchange(request));
  }

  /** Ends the registration: the daemon releases the leases as if the process had died. */
  @Override
  public void close() {
    connection.close();
  }
}
