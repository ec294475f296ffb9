package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.metrics.AcquireCounts;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.lease.paxos.OpenLease;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.PaxosRequest;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * All leases of this host. Main loop only: the methods start disk work on workers and return at
 * once; results arrive through callbacks on the main loop.
 */
public final class Resources {
  /** Most leases of this host; each keeps its disks open. */
  static final int LIMIT = 65_536;

  private final ResourceTable table;
  private final Releases releases;
  private final Seams seams;
  private final List<Indexes> indexes = new ArrayList<>();
  private long lastTokenId;

  /**
   * No leases yet.
   *
   * @param sharedRetries how often a shared acquire is repeated when it meets another one
   * @param logs gives a log whose lines carry a prefix
   * @param events hears what becomes of leases
   */
  public Resources(
      Workers workers,
      DiskOpener opener,
      Clock clock,
      Randomness randomness,
      int sharedRetries,
      Function<String, LeaseLog> logs,
      DaemonEvents events) {
    this.table = new ResourceTable(logs);
    this.seams =
        new Seams(
            workers, opener, clock, randomness, sharedRetries, new AcquireCounts(), logs, events);
    this.releases = new Releases(seams, table);
  }

  /**
   * Takes the leases of one request, all or none. The tokens are not yet the client's: the caller
   * inserts them, or takes them back with {@link #undo}.
   *
   * @param cancelled whether the request should give up; asked on workers, too
   * @param done gets the outcome on the main loop, possibly at once
   * @return the acquire, to be woken when {@code cancelled} may have changed
   */
  public JointAcquire acquire(
      Client holder, List<LeaseRequest> requests, Cancellation cancelled, Consumer<Acquired> done) {
    JointAcquire acquire = new JointAcquire(this, seams, holder, requests, cancelled, done);
    acquire.start();
    return acquire;
  }

  /**
   * Operations on resource indexes, by the same means.
   *
   * @param initTimeoutNanos limit of writing a whole area
   */
  public Indexes indexes(long initTimeoutNanos) {
    Indexes created = new Indexes(seams, initTimeoutNanos);
    indexes.add(created);
    return created;
  }

  Resource begin(LeaseRequest request, Client holder) {
    Resource resource = table.add(request);
    resource.begin(request, holder);
    return resource;
  }

  /** Whether writes of a release may still reach an area, under whatever name. */
  boolean leaving(DiskSpec place) {
    return table.leaving(place);
  }

  boolean full() {
    return table.size() >= LIMIT;
  }

  long nextTokenId() {
    return ++lastTokenId;
  }

  Releases releases() {
    return releases;
  }

  /** A lease that is held, taken, given back or orphaned. */
  Optional<Resource> find(LeaseName space, LeaseName name) {
    return table.find(space, name);
  }

  /** A lease that a process of this host holds. */
  public Optional<Resource> held(LeaseName space, LeaseName name) {
    return find(space, name).filter(resource -> resource.state() == Resource.State.HELD);
  }

  /** Takes back a token for which nothing was done on disk. */
  void unreserve(Token token, boolean fresh) {
    Resource resource = token.resource();
    if (token.adopted()) {
      orphan(token);
    } else {
      resource.tokens().remove(token);
      if (fresh) {
        table.retire(resource);
      }
    }
  }

  private void orphan(Token token) {
    seams.tell(EventKind.ORPHANED, token.resource(), token.pid(), 0, 0);
    token.resource().tokens().clear();
    token.resource().state(Resource.State.ORPHAN);
  }

  /**
   * Takes back tokens of an acquire that did not succeed: a lease taken is given back on disk, an
   * adopted orphan is one again.
   *
   * @param done called when all is given back, or certain to be
   */
  public void undo(List<Token> tokens, Runnable done) {
    IntConsumer released =
        new IntConsumer() {
          private int left = tokens.size();

          @Override
          public void accept(int ignored) {
            if (--left == 0) {
              done.run();
            }
          }
        };
    if (tokens.isEmpty()) {
      done.run();
    }
    for (Token token : tokens) {
      if (token.adopted() && !token.spaceDead() && token.resource().tokens().size() == 1) {
        orphan(token);
        released.accept(0);
      } else {
        release(token, Optional.empty(), released);
      }
    }
  }

  /**
   * Gives one use of a resource up. The token has already left its client.
   *
   * @param rename new name of the resource, if it gets one
   * @param done gets 0 or the negative result number
   */
  public void release(Token token, Optional<LeaseName> rename, IntConsumer done) {
    release(token, rename, Releases.Urgency.REQUESTED, done);
  }

  private void release(
      Token token, Optional<LeaseName> rename, Releases.Urgency urgency, IntConsumer done) {
    Resource resource = token.resource();
    if (!resource.tokens().remove(token)) {
      done.accept(ResultCode.ERROR.number());
    } else if (!resource.tokens().isEmpty()) {
      done.accept(0);
    } else if (token.spaceDead()) {
      releases.dropWithoutIo(resource);
      done.accept(0);
    } else {
      releases.giveBack(resource, rename, urgency, done);
    }
  }

  /** The process has ended: its use is given up in the background, or kept as an orphan. */
  public void holderDied(Token token) {
    Resource resource = token.resource();
    boolean last = resource.tokens().size() == 1 && resource.tokens().contains(token);
    boolean alive = !token.spaceDead() && resource.lockspace().usable();
    if (last && alive && token.persistent()) {
      orphan(token);
      return;
    }
    release(token, Optional.empty(), Releases.Urgency.BACKGROUND, result -> {});
  }

  /**
   * Changes the mode of a lease.
   *
   * @param token a use of it
   * @param ownerNoWait refuse instead of waiting until a silent owner is certainly dead
   * @param done gets 0 or the negative result number, possibly at once
   * @return the conversion, to be woken when {@code cancelled} may have changed; empty when refused
   */
  public Optional<Conversion> convert(
      Token token,
      boolean toShared,
      boolean ownerNoWait,
      Cancellation cancelled,
      IntConsumer done) {
    Resource resource = token.resource();
    seams.tell(EventKind.CONVERTING, resource, token.pid(), toShared ? 1 : 0, 0);
    int refusal = 0;
    if (resource.shared() == toShared) {
      refusal = ResultCode.EALREADY.number();
    } else if (token.spaceDead() || !resource.lockspace().usable()) {
      refusal = ResultCode.ENOSPC.number();
    } else if (resource.tokens().size() > 1) {
      // Other processes of this host share it and would not notice.
      refusal = ResultCode.EAGAIN.number();
    }
    if (refusal != 0) {
      seams.tell(EventKind.CONVERT_REFUSED, resource, token.pid(), refusal, 0);
      done.accept(refusal);
      return Optional.empty();
    }
    Conversion conversion = new Conversion(seams, token, toShared, ownerNoWait, cancelled, done);
    conversion.start();
    return Optional.of(conversion);
  }

  /**
   * What is asked of the holder of a lease.
   *
   * @param lver the version wanted; 0 with {@code forceMode} 0 clears a request
   * @param forceMode how the holder is stopped, see {@link PaxosRequest}
   * @param nextLver with {@code lver} 0: the version after the current one
   */
  public record Wish(long lver, int forceMode, boolean nextLver) {}

  /**
   * Asks the holder of a lease, on whatever host, to give it up.
   *
   * @param disks 1 to 4 copies
   * @param done gets the host_id to be notified, 0 when nobody is, or the negative result number
   */
  public void request(
      Lockspace lockspace, LeaseName name, List<DiskSpec> disks, Wish wish, LongConsumer done) {
    PaxosIdentity identity = Resource.identity(lockspace, name);
    LeaseLog log = seams.logs().apply(lockspace + " ");
    Supplier<Long> work =
        () -> {
          try (OpenLease open = OpenLease.open(identity, disks, seams.opener())) {
            return new PaxosRequest(open.replicas())
                .set(wish.lver(), wish.forceMode(), wish.nextLver());
          } catch (LeaseException e) {
            log.error("request " + name + ": " + e.getMessage());
            return (long) e.result();
          }
        };
    if (!seams.workers().offer(work, done::accept)) {
      log.error("request " + name + ": too many requests are waiting for a worker");
      done.accept(ResultCode.ENOMEM.number());
    }
  }

  /**
   * Looks for a request of another host for a lease held here.
   *
   * @param done gets it on the main loop, empty when there is none or it can not be read
   */
  public void readRequest(Resource resource, Consumer<Optional<RequestRecord>> done) {
    PaxosIdentity identity = resource.identity();
    List<DiskSpec> disks = resource.disks();
    long lver = resource.lver();
    LeaseLog log = seams.log(resource);
    seams
        .workers()
        .runInBackground(
            () -> {
              // Apart from the lease's own descriptors, which another operation may be using.
              try (OpenLease open = OpenLease.open(identity, disks, seams.opener())) {
                return new PaxosRequest(open.replicas()).pending(lver);
              } catch (LeaseException e) {
                log.error("examine " + identity.resource() + ": " + e.getMessage());
                return Optional.empty();
              }
            },
            done);
  }

  /**
   * Queues the orphans of a lockspace for release.
   *
   * @param name only this resource, empty = all
   * @return how many there were
   */
  public int releaseOrphans(LeaseName space, LeaseName name) {
    List<Resource> orphans =
        in(Resource.State.ORPHAN).stream()
            .filter(r -> r.space().equals(space) && (name.isEmpty() || r.name().equals(name)))
            .toList();
    for (Resource orphan : orphans) {
      releases.giveBack(orphan, Optional.empty(), Releases.Urgency.BACKGROUND, result -> {});
    }
    return orphans.size();
  }

  /** The lockspace has ended: what is left of it locally is forgotten without disk access. */
  public void purge(Lockspace lockspace) {
    for (Resource orphan : in(Resource.State.ORPHAN)) {
      if (orphan.lockspace() == lockspace) {
        releases.dropWithoutIo(orphan);
      }
    }
  }

  /** Whether a resource of this lockspace name is held, taken, given back or orphaned. */
  public boolean uses(LeaseName space) {
    return table.uses(space);
  }

  /**
   * Whether no write of ours in this lockspace can land any more that the next owner could neither
   * notice nor repair ({@link WriteFence}). Until then its host_id must not become free, nor its
   * watchdog be disarmed. No process uses the lockspace; while our lease is good, values still due
   * are written.
   */
  public boolean settle(Lockspace lockspace) {
    List<Resource> own = table.of(lockspace);
    if (lockspace.holdsLease() && own.stream().anyMatch(Resource::valueDue)) {
      return false;
    }
    return lockspace.membership().fence().shut()
        && own.stream().allMatch(Resource::foreignSettled)
        && indexes.stream().allMatch(each -> each.settled(lockspace));
  }

  /** What deciding about leases took so far. Any thread. */
  public AcquireCounts counts() {
    return seams.counts();
  }

  /** How many resources are in a state. */
  public int count(Resource.State state) {
    return table.count(state);
  }

  /** The resources in one state, newest first. */
  public List<Resource> in(Resource.State state) {
    return table.in(state);
  }
}
