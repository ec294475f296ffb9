package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * All leases of this host. Main loop only: the methods start disk work on workers and return at
 * once; results arrive through callbacks on the main loop.
 */
public final class Resources {
  /** Most leases of this host; each keeps its disks open. */
  static final int LIMIT = 65_536;

  private final ResourceTable table;
  private final Releases releases;
  private final Acquisition.Seams seams;
  private final Function<String, LeaseLog> logs;
  private long lastTokenId;

  /**
   * No leases yet.
   *
   * @param sharedRetries how often a shared acquire is repeated when it meets another one
   * @param logs gives a log whose lines carry a prefix
   */
  public Resources(
      Workers workers,
      DiskOpener opener,
      Clock clock,
      Randomness randomness,
      int sharedRetries,
      Function<String, LeaseLog> logs) {
    this.table = new ResourceTable(logs);
    this.releases = new Releases(workers, table, clock, logs);
    this.seams = new Acquisition.Seams(workers, opener, clock, randomness, sharedRetries);
    this.logs = logs;
  }

  /**
   * Takes one lease. The token is not yet the client's: the caller inserts it, or releases it.
   *
   * @param cancelled whether the request should give up; asked on workers
   * @param done gets the outcome on the main loop, possibly at once
   */
  public void acquire(
      Client holder,
      Lockspace lockspace,
      LeaseRequest request,
      Cancellation cancelled,
      Consumer<Acquired> done) {
    Optional<Resource> existing = table.find(request.space(), request.name());
    if (existing.isPresent()) {
      done.accept(acquireExisting(existing.get(), holder, lockspace, request));
    } else if (request.orphanOnly()) {
      done.accept(Acquired.refused(ResultCode.ENOENT));
    } else if (table.size() >= LIMIT) {
      logs.apply("").error("acquire " + request.name() + ": " + LIMIT + " leases are held already");
      done.accept(Acquired.refused(ResultCode.ENOMEM));
    } else {
      Resource resource = table.add(request);
      resource.begin(lockspace, request);
      Token token = addToken(resource, holder, request);
      LeaseLog log = logs.apply(lockspace + ":" + resource + " ");
      new Acquisition(seams, releases, token, request, cancelled, log, done).start();
    }
  }

  private Acquired acquireExisting(
      Resource resource, Client holder, Lockspace lockspace, LeaseRequest request) {
    if (resource.lockspace() != lockspace) {
      // Left over from a former membership; its last writes must not meet a new lease.
      return Acquired.refused(ResultCode.EAGAIN);
    }
    return switch (resource.state()) {
      case REM -> Acquired.refused(ResultCode.EAGAIN);
      case ADD -> Acquired.refused(ResultCode.EBUSY);
      case HELD ->
          resource.shared() && request.acquire().shared()
              ? Acquired.granted(addToken(resource, holder, request))
              : Acquired.refused(ResultCode.EEXIST);
      case ORPHAN -> adopt(resource, holder, request);
      case FREE -> throw new IllegalStateException("free resource in the table");
    };
  }

  private Acquired adopt(Resource resource, Client holder, LeaseRequest request) {
    boolean wanted = request.adoptOrphan() || request.orphanOnly();
    if (!wanted || resource.shared() != request.acquire().shared()) {
      return Acquired.refused(ResultCode.EUCLEAN);
    }
    resource.state(Resource.State.HELD);
    Token token = addToken(resource, holder, request);
    if (!resource.shared()) {
      resource.ownerPid(holder.pid());
    }
    return Acquired.granted(token);
  }

  private Token addToken(Resource resource, Client holder, LeaseRequest request) {
    Token token = new Token(++lastTokenId, holder, resource, request.persistent());
    resource.tokens().add(token);
    return token;
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
      resource.tokens().clear();
      resource.state(Resource.State.ORPHAN);
      return;
    }
    release(token, Optional.empty(), Releases.Urgency.BACKGROUND, result -> {});
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

  /** The resources in one state, newest first. */
  public List<Resource> in(Resource.State state) {
    return table.in(state);
  }
}
