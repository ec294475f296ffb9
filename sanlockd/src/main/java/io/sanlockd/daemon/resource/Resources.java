package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.PaxosAcquire;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * All leases of this host. Main loop only: the methods start disk work on workers and return at
 * once; results arrive through callbacks on the main loop. A resource whose release is not
 * certainly finished, including every write that timed out, stays blocked (H5).
 */
public final class Resources {
  private static final int FREE_LIMIT = 128;
  private static final long FIRST_ID = 2;

  private final Workers workers;
  private final DiskOpener opener;
  private final Clock clock;
  private final Randomness randomness;
  private final Function<String, LeaseLog> logs;
  private final int sharedRetries;

  /** Oldest first, all states but FREE. */
  private final Map<Key, Resource> all = new LinkedHashMap<>();

  private final List<Resource> free = new ArrayList<>();
  private long lastTokenId;
  private long nextId = FIRST_ID;

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
    this.workers = workers;
    this.opener = opener;
    this.clock = clock;
    this.randomness = randomness;
    this.sharedRetries = sharedRetries;
    this.logs = logs;
  }

  /**
   * How an acquire ended.
   *
   * @param result 0, or the negative result number
   * @param token the use granted, empty when refused
   */
  public record Acquired(int result, Optional<Token> token) {
    static Acquired refused(ResultCode code) {
      return new Acquired(code.number(), Optional.empty());
    }
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
    Optional<Resource> existing = find(request.space(), request.name());
    if (existing.isPresent()) {
      done.accept(acquireExisting(existing.get(), holder, request));
      return;
    }
    if (request.orphanOnly()) {
      done.accept(Acquired.refused(ResultCode.ENOENT));
      return;
    }
    Resource resource = takeStructure(request);
    resource.begin(lockspace, request);
    Token token = new Token(++lastTokenId, holder, resource, request.persistent());
    resource.tokens().add(token);
    all.put(new Key(request.space(), request.name()), resource);
    new Acquisition(token, request, cancelled, done).start();
  }

  private Acquired acquireExisting(Resource resource, Client holder, LeaseRequest request) {
    return switch (resource.state()) {
      case REM -> Acquired.refused(ResultCode.EAGAIN);
      case ADD -> Acquired.refused(ResultCode.EBUSY);
      case HELD -> {
        if (!resource.shared() || !request.acquire().shared()) {
          yield Acquired.refused(ResultCode.EEXIST);
        }
        yield addToken(resource, holder, request);
      }
      case ORPHAN -> {
        boolean wanted = request.adoptOrphan() || request.orphanOnly();
        if (!wanted || resource.shared() != request.acquire().shared()) {
          yield Acquired.refused(ResultCode.EUCLEAN);
        }
        resource.state(Resource.State.HELD);
        yield addToken(resource, holder, request);
      }
      case FREE -> throw new IllegalStateException("free resource in the table");
    };
  }

  private Acquired addToken(Resource resource, Client holder, LeaseRequest request) {
    Token token = new Token(++lastTokenId, holder, resource, request.persistent());
    resource.tokens().add(token);
    if (!resource.shared()) {
      resource.ownerPid(holder.pid());
    }
    return new Acquired(0, Optional.of(token));
  }

  private Resource takeStructure(LeaseRequest request) {
    for (Resource candidate : free) {
      if (candidate.is(request.space(), request.name())
          && candidate.disks().size() == request.disks().size()
          && candidate.disks().get(0).path().equals(request.disks().get(0).path())) {
        free.remove(candidate);
        candidate.reuse();
        return candidate;
      }
    }
    Resource fresh = new Resource(nextId++, request.space(), request.name());
    logs.apply(fresh + " ")
        .debug(
            "resource "
                + request.space()
                + ":"
                + request.name()
                + ":"
                + request.disks().get(0).path()
                + ":"
                + request.disks().get(0).offset());
    return fresh;
  }

  private record Key(LeaseName space, LeaseName name) {}

  /** One acquire on its way between workers, timer and main loop. */
  private final class Acquisition {
    private final Token token;
    private final Resource resource;
    private final LeaseRequest request;
    private final Cancellation cancelled;
    private final Consumer<Acquired> done;
    private final PaxosIdentity identity;
    private final LeaseLog log;
    private int contentionRetries;
    private PaxosAcquire acquire;

    Acquisition(
        Token token, LeaseRequest request, Cancellation cancelled, Consumer<Acquired> done) {
      this.token = token;
      this.resource = token.resource();
      this.request = request;
      this.cancelled = cancelled;
      this.done = done;
      Lockspace lockspace = resource.lockspace();
      this.identity =
          new PaxosIdentity(
              request.space(),
              request.name(),
              lockspace.spec().hostId(),
              lockspace.membership().generation(),
              lockspace.times());
      this.log = logs.apply(lockspace + ":" + resource + " ");
    }

    void start() {
      workers.run(this::openDisks, this::opened);
    }

    private Object openDisks() {
      try {
        return OpenLease.open(identity, request.disks(), opener);
      } catch (LeaseException e) {
        return e;
      }
    }

    private void opened(Object result) {
      if (result instanceof LeaseException e) {
        log.error("acquire " + resource.name() + ": " + e.getMessage());
        forget(resource);
        done.accept(new Acquired(e.result(), Optional.empty()));
        return;
      }
      resource.open((OpenLease) result);
      begin();
    }

    private void begin() {
      acquire =
          new PaxosAcquire(
              identity,
              request.acquire(),
              resource.open().replicas(),
              resource.lockspace().membership(),
              resource.memory(),
              clock,
              randomness,
              cancelled,
              log);
      advance();
    }

    private void advance() {
      workers.run(acquire::advance, this::advanced);
    }

    private void advanced(PaxosAcquire.Step step) {
      if (step instanceof PaxosAcquire.Step.Wait wait) {
        workers.later(wait.nanos(), this::advance);
      } else if (step instanceof PaxosAcquire.Step.Done end) {
        if (end.outcome() instanceof AcquireOutcome.Granted granted) {
          granted(granted);
        } else if (end.outcome() instanceof AcquireOutcome.Refused refused) {
          refused(refused);
        }
      }
    }

    private void granted(AcquireOutcome.Granted outcome) {
      resource.granted(outcome.leader(), outcome.dblock(), resource.open().replicas().geometry());
      if (!resource.shared()) {
        resource.ownerPid(token.pid());
      }
      log.debug("acquired " + resource.name() + " lver " + resource.lver());
      done.accept(new Acquired(0, Optional.of(token)));
    }

    private void refused(AcquireOutcome.Refused outcome) {
      log.debug("acquire " + resource.name() + " " + outcome.result() + " " + outcome.message());
      if (outcome.undo().isEmpty() && shouldRetry(outcome)) {
        contentionRetries++;
        workers.later(1 + randomness.below(Clock.SECOND_NANOS), this::begin);
        return;
      }
      int result = finalResult(outcome);
      if (outcome.undo().isEmpty()) {
        resource.tokens().clear();
        settleThenForget(resource);
        done.accept(new Acquired(result, Optional.empty()));
        return;
      }
      resource.tokens().clear();
      resource.state(Resource.State.REM);
      release(
          resource,
          outcome.undo().get(),
          Optional.empty(),
          ignored -> done.accept(new Acquired(result, Optional.empty())));
    }

    /** A moment's contention: a shared join by another host, or a race that is already over. */
    private boolean shouldRetry(AcquireOutcome.Refused outcome) {
      if (outcome.result() != ResultCode.ACQUIRE_IDLIVE.number()
          && outcome.result() != ResultCode.ACQUIRE_OWNED.number()
          && outcome.result() != ResultCode.ACQUIRE_OTHER.number()) {
        return false;
      }
      boolean shortHold =
          outcome.leader().filter(l -> (l.flags() & LeaderRecord.SHORT_HOLD) != 0).isPresent();
      boolean freeAgain = outcome.leader().filter(LeaderRecord::isFree).isPresent();
      if (request.acquire().shared()) {
        return (shortHold || freeAgain) && contentionRetries < sharedRetries;
      }
      return freeAgain && contentionRetries < 1;
    }

    private int finalResult(AcquireOutcome.Refused outcome) {
      boolean exhausted = request.acquire().shared() && contentionRetries >= sharedRetries;
      return exhausted && contentionRetries > 0
          ? ResultCode.ACQUIRE_SHRETRY.number()
          : outcome.result();
    }
  }

  /**
   * Gives one use of a resource up. The token has already left its client.
   *
   * @param rename new name of the resource, if it gets one
   * @param done gets 0 or the negative result number
   */
  public void release(Token token, Optional<LeaseName> rename, IntConsumer done) {
    Resource resource = token.resource();
    if (!resource.tokens().remove(token)) {
      done.accept(ResultCode.ERROR.number());
      return;
    }
    if (!resource.tokens().isEmpty()) {
      done.accept(0);
      return;
    }
    boolean abandoned = token.spaceDead() || resource.leader().isEmpty();
    resource.state(Resource.State.REM);
    if (abandoned) {
      settleThenForget(resource);
      done.accept(0);
      return;
    }
    release(
        resource, new Holding(resource.dblock().orElseThrow(), resource.leader()), rename, done);
  }

  /** The process has ended: its use is given up in the background, or kept as an orphan. */
  public void holderDied(Token token) {
    Resource resource = token.resource();
    boolean last = resource.tokens().size() == 1 && resource.tokens().contains(token);
    if (last && token.persistent() && !token.spaceDead() && resource.leader().isPresent()) {
      resource.tokens().clear();
      resource.state(Resource.State.ORPHAN);
      return;
    }
    resource.releasing(last);
    release(token, Optional.empty(), result -> {});
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
      orphan.state(Resource.State.REM);
      orphan.releasing(true);
      release(
          orphan,
          new Holding(orphan.dblock().orElseThrow(), orphan.leader()),
          Optional.empty(),
          result -> {});
    }
    return orphans.size();
  }

  private void release(
      Resource resource, Holding holding, Optional<LeaseName> rename, IntConsumer done) {
    OpenLease open = resource.open();
    LeaseLog log = logs.apply(resource.lockspace() + ":" + resource + " ");
    boolean shared = resource.shared() && resource.dblock().isPresent();
    workers.run(
        () -> {
          PaxosRelease release =
              new PaxosRelease(open.identity(), open.replicas(), resource.memory(), clock, log);
          return shared ? release.shared(holding.dblock()) : release.exclusive(holding, rename);
        },
        outcome -> {
          if (outcome.result() < 0) {
            log.error(
                "release " + resource.name() + " " + outcome.result() + " " + outcome.message());
          } else {
            log.debug("released " + resource.name());
          }
          boolean settled = open.replicas().settled();
          if (outcome.again() || !settled) {
            resource.releasing(true);
            repeatLater(resource, holding, 1);
          } else {
            forget(resource);
          }
          done.accept(outcome.result() == ResultCode.OK.number() ? 0 : outcome.result());
        });
  }

  /** Repeats a release whose outcome is not certain, once its writes have settled. */
  private void repeatLater(Resource resource, Holding holding, int timeoutFactor) {
    long delay = timeoutFactor * resource.lockspace().times().ioTimeoutNanos();
    workers.later(
        delay,
        () -> {
          if (!resource.open().replicas().settled()) {
            repeatLater(resource, holding, 2);
          } else if (!resource.lockspace().usable()) {
            // Others take the lease when our host_id is free or dead.
            forget(resource);
          } else {
            release(resource, holding, Optional.empty(), result -> {});
          }
        });
  }

  /** Nothing is left to do on disk, but a late write of ours may still be under way. */
  private void settleThenForget(Resource resource) {
    if (resource.open() == null || resource.open().replicas().settled()) {
      forget(resource);
      return;
    }
    resource.state(Resource.State.REM);
    workers.later(resource.lockspace().times().ioTimeoutNanos(), () -> settleThenForget(resource));
  }

  private void forget(Resource resource) {
    if (resource.open() != null) {
      resource.open().close();
      resource.open(null);
    }
    resource.tokens().clear();
    resource.releasing(false);
    resource.state(Resource.State.FREE);
    all.remove(new Key(resource.space(), resource.name()), resource);
    free.add(resource);
    if (free.size() > FREE_LIMIT) {
      free.remove(leastReused());
    }
  }

  private Resource leastReused() {
    Resource least = free.get(0);
    for (Resource candidate : free) {
      if (candidate.reused() < least.reused()) {
        least = candidate;
      }
    }
    return least;
  }

  /** The lockspace has ended: what is left of it locally is forgotten without disk access. */
  public void purge(Lockspace lockspace) {
    for (Resource orphan : in(Resource.State.ORPHAN)) {
      if (orphan.lockspace() == lockspace) {
        orphan.state(Resource.State.REM);
        settleThenForget(orphan);
      }
    }
  }

  /** Whether a resource of this lockspace name is held, taken, given back or orphaned. */
  public boolean uses(LeaseName space) {
    return all.keySet().stream().anyMatch(key -> key.space().equals(space));
  }

  /** The resources in one state, newest first. */
  public List<Resource> in(Resource.State state) {
    List<Resource> found = new ArrayList<>();
    for (Resource resource : all.values()) {
      if (resource.state() == state) {
        found.add(resource);
      }
    }
    Collections.reverse(found);
    return found;
  }

  private Optional<Resource> find(LeaseName space, LeaseName name) {
    return Optional.ofNullable(all.get(new Key(space, name)));
  }
}
