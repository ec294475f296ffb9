package io.sanlockd.client.lease;

import io.sanlockd.client.ConnectionWatcher;
import io.sanlockd.client.Endpoint;
import io.sanlockd.client.EventFlag;
import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.Check;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.HostState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * The leases of this process with one daemon; the door of the package. Two threads, none of which
 * keeps the virtual machine alive, watch the connections of the leases and ask the daemon whether
 * it still renews. One object is enough for a process. May be used by any number of threads.
 *
 * <p>Every question to the daemon ends at the latest after the call timeout, and then fails with
 * -110. Some methods ask several: {@link #owners} three, {@link #askForRelease} one more for each
 * owner.
 */
public final class Leases implements AutoCloseable {
  /** The event of {@link #askForRelease}: bit 16. */
  public static final long RELEASE_WANTED = 0x10000;

  private static final String CLOSED = "the leases of this process were closed";
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final SanlockClient client;
  private final ConnectionWatcher watcher;
  private final Notifier notifier = new Notifier();
  private final LeaseMonitor monitor;
  private final EventHub events;
  private final Set<Lease> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  private Leases(Endpoint endpoint, ConnectionWatcher watcher) {
    this.client = new SanlockClient(endpoint);
    Duration status = Duration.ofNanos(endpoint.readTimeoutNanos());
    Endpoint brief =
        endpoint.withReadTimeout(
            (status.compareTo(STATUS_TIMEOUT) < 0 ? status : STATUS_TIMEOUT).toNanos(),
            TimeUnit.NANOSECONDS);
    // These threads ask again by themselves; who waits for an answer waits for the call timeout.
    SanlockClient statusClient = new SanlockClient(brief);
    this.watcher = watcher;
    this.monitor = new LeaseMonitor(statusClient, CHECK_INTERVAL);
    this.events = new EventHub(statusClient, this::requested);
  }

  /** With the daemon that the environment names (SANLOCK_RUN_DIR), else the system's. */
  public static Leases open() {
    return open(Endpoint.ofEnvironment());
  }

  /**
   * With a daemon. Does not ask it anything yet.
   *
   * @param endpoint its read timeout is the call timeout, and must exceed what an attempt to take a
   *     lease needs on slow storage: several io_timeouts; without one it is 60 seconds
   */
  public static Leases open(Endpoint endpoint) {
    Endpoint limited =
        endpoint.readTimeoutNanos() > 0
            ? endpoint
            : endpoint.withReadTimeout(CALL_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    try {
      Leases leases = new Leases(limited, ConnectionWatcher.start("sanlock-lease-watcher"));
      leases.monitor.start();
      return leases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to ask for a lease. */
  public LeaseRequest request(LeaseResource resource) {
    return new LeaseRequest(this, new Terms(resource));
  }

  /** The low level: everything else the daemon can do. */
  public SanlockClient client() {
    return client;
  }

  /** The leases that are open, held or lost. */
  public List<Lease> openLeases() {
    return List.copyOf(open);
  }

  /**
   * Who owns a lease, by what the disk says: the host of an exclusive owner, the hosts that share
   * it, or nobody. From a moment ago.
   */
  public List<LeaseOwner> owners(LeaseResource resource) throws SanlockException {
    return client.owners(resource.onDisks(LeaseMode.EXCLUSIVE));
  }

  /**
   * The events that other hosts send to this one in a lockspace, each once. The publisher ends with
   * an error when the lockspace is left or the daemon ends; a subscriber that falls behind by more
   * than 64 misses some.
   *
   * @throws SanlockException -2 when the lockspace is not joined, -50 when too many listen
   */
  public Flow.Publisher<HostNotice> hostEvents(String lockspace) throws SanlockException {
    return events.publisher(lockspace);
  }

  /**
   * Sends an event to a host with our next renewals, in place of one that is still being sent. It
   * arrives within a few renewals, if that host lives and listens; nobody tells whether it did.
   *
   * @param event not 0; see {@link HostNotice#event}
   * @throws SanlockException -2 when the lockspace is not joined, -22 for a host_id it has no room
   *     for
   */
  public void sendEvent(String lockspace, long hostId, long event, long data)
      throws SanlockException {
    Check.argument(event != 0, "event 0 is never delivered");
    LeaseName name = LeaseName.of(LeaseResource.toWire(lockspace));
    client.setEvent(
        name,
        new HostEvent(hostId, 0, event, data),
        EventFlag.CURRENT_GENERATION,
        EventFlag.REPLACE);
  }

  /**
   * Asks the hosts that own a lease to give it back: their holders that listen ({@link
   * LeaseRequest#answeringRequests}) are told. It is a wish; to force it see {@link
   * SanlockClient#request}.
   *
   * @return the hosts that were asked; none when nobody else owns the lease
   */
  public List<LeaseOwner> askForRelease(LeaseResource resource) throws SanlockException {
    List<LeaseOwner> asked =
        owners(resource).stream().filter(owner -> owner.state() != HostState.DEAD).toList();
    for (LeaseOwner owner : asked) {
      sendEvent(resource.lockspace(), owner.hostId(), RELEASE_WANTED, fingerprint(resource));
    }
    return asked;
  }

  /** What stands for a lease in the data of an event: it has 8 bytes, a name up to 48. */
  private static long fingerprint(LeaseResource resource) {
    byte[] name = resource.name().getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(name);
    return (long) name.length << Integer.SIZE | crc.getValue();
  }

  private void requested(HostNotice notice) {
    if ((notice.event() & RELEASE_WANTED) != 0) {
      open.stream()
          .filter(lease -> lease.resource().lockspace().equals(notice.lockspace()))
          .filter(lease -> fingerprint(lease.resource()) == notice.data())
          .forEach(lease -> lease.requested(notice));
    }
  }

  ConnectionWatcher watcher() {
    return watcher;
  }

  void ensureOpen() {
    Check.state(!isClosed, "these leases are closed");
  }

  LeaseMonitor monitor() {
    return monitor;
  }

  Notifier notifier() {
    return notifier;
  }

  void add(Lease lease, boolean answersRequests) throws SanlockException {
    if (answersRequests) {
      Flow.Publisher<HostNotice> unused = hostEvents(lease.resource().lockspace());
    }
    open.add(lease);
    monitor.add(lease.holding());
    if (isClosed) {
      loseBecauseClosed(lease);
    }
  }

  void forget(Lease lease) {
    open.remove(lease);
    monitor.remove(lease.holding());
  }

  /** The connection under a holding ended. */
  void connectionEnded(Holding holding, int reason) {
    if (isClosed) {
      holding.lose(LeaseLoss.Cause.CLOSED_HERE, CLOSED);
    } else {
      holding.lose(
          LeaseLoss.Cause.DAEMON_GONE,
          "the connection to the daemon ended: " + SanlockException.describe(reason));
    }
  }

  private static void loseBecauseClosed(Lease lease) {
    lease.holding().lose(LeaseLoss.Cause.CLOSED_HERE, CLOSED);
  }

  /**
   * Ends everything: leases still open are lost for their users and given back, leased processes
   * are killed. Close them first, each when its use has ended.
   */
  @Override
  public void close() {
    isClosed = true;
    for (Lease lease : open) {
      loseBecauseClosed(lease);
      lease.close();
    }
    monitor.close();
    events.close();
    watcher.close();
    notifier.close();
  }
}
