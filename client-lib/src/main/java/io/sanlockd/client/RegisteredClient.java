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
  private final DaemonConnection connection;

  private RegisteredClient(DaemonConnection connection) {
    this.connection = connection;
  }

  /**
   * Registers over a connection, which then belongs to the object and is closed on failure. The
   * daemon takes the pid from the socket; there is no reply.
   */
  public static RegisteredClient register(DaemonConnection connection) throws SanlockException {
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
   * @param flags ACQUIRE_* of {@link CommandFlags}
   */
  public void acquire(List<Resource> resources, int flags, Options options)
      throws SanlockException {
    call(Requests.acquire(MessageHeader.THIS_CONNECTION, flags, resources, options));
  }

  /** Takes one lease, waiting for a dead owner as long as it takes. */
  public void acquire(Resource resource) throws SanlockException {
    acquire(List.of(resource), 0, Options.NONE);
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
  public void convert(Resource resource, int flags) throws SanlockException {
    call(Requests.convert(MessageHeader.THIS_CONNECTION, resource, flags));
  }

  /** Restricts the connection; RESTRICT_ALL makes this object useless except for closing. */
  public void restrict(int mask) throws SanlockException {
    call(Requests.restrict(mask));
  }

  /** Sets the program that is run instead of SIGTERM when the lockspace fails. */
  public void killpath(Killpath killpath, int flags) throws SanlockException {
    call(Requests.killpath(killpath, flags));
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
