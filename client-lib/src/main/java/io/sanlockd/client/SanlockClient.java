package io.sanlockd.client;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The daemon, seen from a client: each call makes a connection, asks and closes it (protocol.md 8,
 * 12). Holds no state; may be shared between threads.
 *
 * <p>Leases belong to a registered process: either this one ({@link #register()}) or another, named
 * by its pid.
 */
public final class SanlockClient {
  private static final int NOT_FOUND = -2;
  private static final int IN_PROGRESS = -115;

  private final Endpoint endpoint;
  private final IndexClient index;

  /** A client of the daemon at that place. */
  public SanlockClient(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.index = new IndexClient(this);
  }

  /** A client of the daemon that the environment names (SANLOCK_RUN_DIR). */
  public static SanlockClient ofEnvironment() {
    return new SanlockClient(Endpoint.ofEnvironment());
  }

  /** Where it asks. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The calls for resource indexes. */
  public IndexClient index() {
    return index;
  }

  /**
   * Any request, with the numbers as the C library gives them. Never throws for what the daemon or
   * the connection does. For SHUTDOWN the result is that of sending; do not use it for REGISTER or
   * the stream commands.
   */
  public Reply exchange(Request request) {
    try (DaemonConnection connection = DaemonConnection.open(endpoint)) {
      return request.command() == Command.SHUTDOWN
          ? Reply.failed(connection.send(request))
          : connection.exchange(request);
    } catch (TransportException e) {
      return Reply.failed(e.number());
    }
  }

  /**
   * As {@link #exchange}, but a negative result is an exception.
   *
   * @throws SanlockException with the result
   */
  public Reply call(Request request) throws SanlockException {
    return Results.checked(request.command(), exchange(request));
  }

  /**
   * Makes this process a registered one that can hold leases, until the object is closed or the
   * process ends.
   */
  public RegisteredClient register() throws SanlockException {
    try {
      return RegisteredClient.register(DaemonConnection.open(endpoint));
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.REGISTER);
    }
  }

  // ---- the daemon ----

  /** Version of the daemon and of its protocol. */
  public DaemonVersion version() throws SanlockException {
    Reply reply = call(Requests.plain(Command.VERSION));
    return new DaemonVersion(reply.data2(), reply.version());
  }

  /** Everything the daemon holds: itself, connections, lockspaces, leases, in this order. */
  public List<State> status() throws SanlockException {
    return states(Requests.status(0));
  }

  /** The log in the daemon's memory, one char for each byte. */
  public String logDump() throws SanlockException {
    ByteBuffer text = call(Requests.plain(Command.LOG_DUMP)).payload();
    return StandardCharsets.ISO_8859_1.decode(text).toString();
  }

  /** Asks the daemon to end; refused in silence while it has lockspaces, unless forced. */
  public void shutdown(boolean force) throws SanlockException {
    call(Requests.shutdown(Command.SHUTDOWN, force ? 1 : 0));
  }

  /** Asks the daemon to end and waits until it does; -16 while it has lockspaces. */
  public void shutdownAndWait(boolean force) throws SanlockException {
    call(Requests.shutdown(Command.SHUTDOWN_WAIT, force ? 1 : 0));
  }

  // ---- lockspaces ----

  /** Joins a lockspace; takes at least two io_timeouts (0 for the daemon's default). */
  public void addLockspace(Lockspace lockspace, int ioTimeoutSeconds) throws SanlockException {
    call(Requests.addLockspace(lockspace, 0, ioTimeoutSeconds));
  }

  /** Starts joining; see {@link #inqLockspace} for the outcome. */
  public void addLockspaceAsync(Lockspace lockspace, int ioTimeoutSeconds) throws SanlockException {
    call(Requests.addLockspace(lockspace, CommandFlags.ADD_ASYNC, ioTimeoutSeconds));
  }

  /**
   * Is it joined.
   *
   * @param lockspace all fields count; host_id 0 is any
   * @param wait until it is neither being added nor removed
   */
  public LockspaceMembership inqLockspace(Lockspace lockspace, boolean wait)
      throws SanlockException {
    int flags = wait ? CommandFlags.INQ_WAIT : 0;
    Reply reply = exchange(Requests.lockspace(Command.INQ_LOCKSPACE, lockspace, flags));
    return switch (reply.result()) {
      case 0 -> LockspaceMembership.JOINED;
      case NOT_FOUND -> LockspaceMembership.ABSENT;
      case IN_PROGRESS -> LockspaceMembership.CHANGING;
      default -> throw new SanlockException(reply.result(), Command.INQ_LOCKSPACE);
    };
  }

  /**
   * Leaves a lockspace. Without {@link RemoveFlag#UNUSED} processes that hold leases of it are
   * killed.
   */
  public void remLockspace(Lockspace lockspace, RemoveFlag... flags) throws SanlockException {
    call(Requests.lockspace(Command.REM_LOCKSPACE, lockspace, Flag.bits(flags)));
  }

  /** Lockspaces joined, being removed and being added; see the flags of each. */
  public List<Lockspace> lockspaces() throws SanlockException {
    Reply reply = call(Requests.plain(Command.GET_LOCKSPACES));
    return Results.lockspaces(reply);
  }

  /**
   * Hosts of a lockspace.
   *
   * @param hostId 0 for all that use it
   */
  public List<Host> hosts(LeaseName lockspace, long hostId) throws SanlockException {
    Lockspace query = Lockspace.named(lockspace).withHostId(hostId);
    return Results.hosts(call(Requests.lockspace(Command.GET_HOSTS, query, 0)), 0);
  }

  /** What the daemon saw of the hosts of a lockspace. */
  public List<State> hostStatus(LeaseName lockspace) throws SanlockException {
    return states(Requests.lockspace(Command.HOST_STATUS, Lockspace.named(lockspace), 0));
  }

  /** Past renewals of a lockspace, oldest first. */
  public List<State> renewals(LeaseName lockspace) throws SanlockException {
    return states(Requests.lockspace(Command.RENEWAL, Lockspace.named(lockspace), 0));
  }

  /** Marks a lockspace as used, or no longer. */
  public void setConfig(LeaseName lockspace, LockspaceUse use) throws SanlockException {
    call(Requests.setConfig(Lockspace.named(lockspace), use.value()));
  }

  // ---- storage ----

  /** Initialises a lockspace: name, path, offset and size flags count; io_timeout 0 is 10. */
  public void writeLockspace(Lockspace lockspace, int ioTimeoutSeconds) throws SanlockException {
    call(Requests.writeLockspace(lockspace, 0, ioTimeoutSeconds));
  }

  /** Reads a lockspace record; an empty name accepts any, host_id 0 is 1. */
  public LockspaceOnDisk readLockspace(Lockspace lockspace) throws SanlockException {
    Reply reply = call(Requests.lockspace(Command.READ_LOCKSPACE, lockspace, 0));
    return new LockspaceOnDisk(Results.lockspace(reply), reply.data2());
  }

  /**
   * Initialises a lease.
   *
   * @param numHosts how many host_ids may take it, 0 for all
   */
  public void writeResource(Resource resource, int numHosts) throws SanlockException {
    call(Requests.writeResource(resource, numHosts, 0));
  }

  /** Invalidates a lease: reading or taking it gives -223 until it is initialised again. */
  public void clearResource(Resource resource) throws SanlockException {
    call(Requests.writeResource(resource, 0, CommandFlags.WRITE_CLEAR));
  }

  /** Reads a lease record; empty names accept any. */
  public Resource readResource(Resource resource) throws SanlockException {
    return Results.resource(call(Requests.readResource(Command.READ_RESOURCE, resource)));
  }

  /** Reads the owners of a lease; both names must be right. */
  public LeaseOwners readResourceOwners(Resource resource) throws SanlockException {
    Reply reply = call(Requests.readResource(Command.READ_RESOURCE_OWNERS, resource));
    return new LeaseOwners(Results.resource(reply), Results.hosts(reply, Resource.LENGTH));
  }

  /**
   * Who owns a lease, with what the daemon knows of the hosts. The answer is from a moment ago: an
   * owner may have given the lease back meanwhile.
   */
  public List<LeaseOwner> owners(Resource resource) throws SanlockException {
    return OwnerLookup.owners(this, resource);
  }

  /** Default align size of a file or device in bytes. */
  public int align(Disk disk) throws SanlockException {
    return call(Requests.align(disk)).result();
  }

  // ---- leases of another process ----

  /**
   * Takes leases for a registered process: all or none.
   *
   * @param resources at most 8
   */
  public void acquire(int pid, List<Resource> resources, Options options, AcquireFlag... flags)
      throws SanlockException {
    call(Requests.acquire(pid, Flag.bits(flags), resources, options));
  }

  /** Gives leases of a registered process back; only names count. */
  public void release(int pid, List<Resource> resources) throws SanlockException {
    call(Requests.release(pid, 0, resources));
  }

  /** Gives all leases of a registered process back. */
  public void releaseAll(int pid) throws SanlockException {
    call(Requests.release(pid, CommandFlags.RELEASE_ALL, List.of()));
  }

  /**
   * Gives orphans back.
   *
   * @param pid of any registered process (the daemon asks for one)
   * @param resource an empty name for all orphans of its lockspace
   * @return how many
   */
  public int releaseOrphans(int pid, Resource resource) throws SanlockException {
    return call(Requests.release(pid, CommandFlags.RELEASE_ORPHAN, List.of(resource))).result();
  }

  /** The leases of a registered process, oldest first. */
  public List<Resource> inquire(int pid) throws SanlockException {
    return Results.leases(call(Requests.inquire(pid)));
  }

  /** Makes a lease shared or exclusive, as its SHARED flag says. */
  public void convert(int pid, Resource resource, ConvertFlag... flags) throws SanlockException {
    call(Requests.convert(pid, resource, Flag.bits(flags)));
  }

  // ---- asking another host, value blocks, events ----

  /**
   * Asks the holder of a lease for it. Without a holder nothing is written. A version that is not
   * newer than the holder's is refused with -272.
   *
   * @param resource its version is the one asked for; 0 for the one after the holder's
   */
  public void request(Resource resource, RequestMode mode) throws SanlockException {
    int flags = resource.lver() == 0 ? CommandFlags.REQUEST_NEXT_LVER : 0;
    call(Requests.request(resource, flags, mode.number()));
  }

  /** Withdraws a request that was not answered. */
  public void clearRequest(Resource resource) throws SanlockException {
    call(Requests.request(resource.withLver(0), 0, RequestMode.NOTE.number()));
  }

  /** Makes the daemon look for requests to all leases held in a lockspace. */
  public void examineLockspace(LeaseName lockspace) throws SanlockException {
    call(Requests.lockspace(Command.EXAMINE_LOCKSPACE, Lockspace.named(lockspace), 0));
  }

  /** Makes the daemon look for requests to a lease held. */
  public void examineResource(Resource resource) throws SanlockException {
    call(Requests.examineResource(resource));
  }

  /** The value block of a lease held by any process here. */
  public byte[] valueBlock(Resource resource) throws SanlockException {
    return Results.bytes(call(Requests.getValueBlock(resource)));
  }

  /** Sets the value block of a lease held by any process here, at most one sector. */
  public void setValueBlock(Resource resource, byte[] value) throws SanlockException {
    call(Requests.setValueBlock(resource, value));
  }

  /** Sends an event to a host of a lockspace with our next renewal. */
  public void setEvent(LeaseName lockspace, HostEvent event, EventFlag... flags)
      throws SanlockException {
    call(Requests.event(Command.SET_EVENT, Lockspace.named(lockspace), event, Flag.bits(flags)));
  }

  /** Opens a channel that receives the events sent to this host in a lockspace. */
  public EventChannel registerEvents(LeaseName lockspace) throws SanlockException {
    return EventChannel.open(this, lockspace);
  }

  private List<State> states(Request request) throws SanlockException {
    try (DaemonConnection connection = DaemonConnection.open(endpoint)) {
      Reply unused = Results.checked(request.command(), connection.exchange(request));
      List<State> states = new ArrayList<>();
      StateStream stream = connection.states();
      for (State state = stream.next(); state != null; state = stream.next()) {
        states.add(state);
      }
      return states;
    } catch (TransportException e) {
      throw new SanlockException(e.number(), request.command());
    }
  }
}
