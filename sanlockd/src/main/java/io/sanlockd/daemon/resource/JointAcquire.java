package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The leases of one request: acquired at the same time, all of them or none. What needs no disk is
 * decided first, in the order of the request, so that a request that this host must refuse leaves
 * no trace on storage. Main loop only.
 */
public final class JointAcquire {
  private final Resources resources;
  private final Seams seams;
  private final Client holder;
  private final List<LeaseRequest> requests;
  private final Cancellation cancelled;
  private final Consumer<Acquired> done;
  private final Parking parking;
  private final List<Part> parts = new ArrayList<>();
  private int running;
  private long waitEndsNanos;

  /** One has failed, so the others may stop; workers look at it. */
  private volatile boolean failed;

  /** One lease of the request. */
  private static final class Part {
    private final Token token;
    private final LeaseRequest request;
    private Optional<Acquisition> acquisition = Optional.empty();
    private Acquisition.Result result = new Acquisition.Result(0, Optional.empty());

    Part(Token token, LeaseRequest request) {
      this.token = token;
      this.request = request;
    }
  }

  JointAcquire(
      Resources resources,
      Seams seams,
      Client holder,
      List<LeaseRequest> requests,
      Cancellation cancelled,
      Consumer<Acquired> done) {
    this.resources = resources;
    this.seams = seams;
    this.holder = holder;
    this.requests = List.copyOf(requests);
    this.cancelled = cancelled;
    this.done = done;
    this.parking = new Parking(seams.workers());
  }

  void start() {
    long patience =
        requests.stream()
            .mapToLong(request -> request.lockspace().times().ioTimeoutNanos())
            .max()
            .orElse(0);
    waitEndsNanos = seams.clock().nanos() + patience;
    tryNow();
  }

  /** There may be a reason to give up: every part that waits looks now. */
  public void wake() {
    parking.wake();
    for (Part part : List.copyOf(parts)) {
      part.acquisition.ifPresent(Acquisition::wake);
    }
  }

  private void tryNow() {
    Optional<Resource> leaving = stillLeaving();
    if (leaving.isPresent()) {
      // Our own release of a moment ago: worth a short wait. Nothing is reserved meanwhile.
      leaving.get().onRetired(parking::wake);
      parking.park(waitEndsNanos - seams.clock().nanos(), this::tryNow);
      return;
    }
    for (LeaseRequest request : requests) {
      Optional<ResultCode> refusal = reserve(request);
      if (refusal.isPresent()) {
        report(request, refusal.get());
        tellRefused(request, refusal.get().number(), 0);
        unreserve();
        done.accept(Acquired.refused(refusal.get()));
        return;
      }
    }
    begin();
  }

  private void report(LeaseRequest request, ResultCode refusal) {
    seams
        .logs()
        .apply(request.lockspace() + " ")
        .contention("acquire " + request.name() + " " + refusal.number() + " in use on this host");
  }

  /** A lease whose release is about to end, as long as it is worth waiting for. */
  private Optional<Resource> stillLeaving() {
    if (cancelled.cancelled() || seams.clock().nanos() >= waitEndsNanos) {
      return Optional.empty();
    }
    return requests.stream()
        .flatMap(request -> resources.find(request.space(), request.name()).stream())
        .filter(resource -> resource.state() == Resource.State.REM)
        .findFirst();
  }

  /** The decision about one lease as far as memory goes (paxos-lease.md 16, rows 1 to 9). */
  private Optional<ResultCode> reserve(LeaseRequest request) {
    Optional<Resource> existing = resources.find(request.space(), request.name());
    if (existing.isEmpty()) {
      if (request.orphanOnly()) {
        return Optional.of(ResultCode.ENOENT);
      }
      if (resources.leaving(request.disks().get(0))) {
        // Renamed by a release whose writes are not known to have landed.
        return Optional.of(ResultCode.EAGAIN);
      }
      if (resources.full()) {
        seams.logs().apply("").error("acquire " + request.name() + ": too many leases are held");
        return Optional.of(ResultCode.ENOMEM);
      }
      Resource fresh = resources.begin(request, holder);
      Part part = new Part(fresh.use(resources.nextTokenId(), holder, request), request);
      part.acquisition = Optional.of(acquisition(part));
      parts.add(part);
      return Optional.empty();
    }
    Resource resource = existing.get();
    if (resource.lockspace() != request.lockspace()) {
      // Left over from a former membership; its last writes must not meet a new lease.
      return Optional.of(ResultCode.EAGAIN);
    }
    boolean bothShared = resource.shared() && request.acquire().shared();
    return switch (resource.state()) {
      case REM -> Optional.of(ResultCode.EAGAIN);
      case ADD -> {
        if (parts.stream().noneMatch(part -> part.token.resource() == resource)) {
          yield Optional.of(ResultCode.EBUSY);
        }
        yield join(resource, request, bothShared ? null : ResultCode.EEXIST);
      }
      case HELD -> {
        if (bothShared && resource.converting()) {
          yield Optional.of(ResultCode.EBUSY);
        }
        yield join(resource, request, bothShared ? null : ResultCode.EEXIST);
      }
      case ORPHAN -> {
        boolean wanted = request.adoptOrphan() || request.orphanOnly();
        boolean sameMode = resource.shared() == request.acquire().shared();
        if (!wanted || !sameMode) {
          yield Optional.of(ResultCode.EUCLEAN);
        }
        resource.adopt(holder);
        Optional<ResultCode> adopted = join(resource, request, null);
        parts.get(parts.size() - 1).token.markAdopted();
        yield adopted;
      }
      case FREE -> throw new IllegalStateException("free resource in the table");
    };
  }

  private Optional<ResultCode> join(Resource resource, LeaseRequest request, ResultCode refusal) {
    if (refusal == null) {
      parts.add(new Part(resource.use(resources.nextTokenId(), holder, request), request));
    }
    return Optional.ofNullable(refusal);
  }

  private Acquisition acquisition(Part part) {
    return new Acquisition(
        seams,
        resources.releases(),
        part.token.resource(),
        part.request,
        () -> failed || cancelled.cancelled(),
        result -> ended(part, result));
  }

  /** Nothing has begun on any disk: what was reserved is forgotten, an orphan is one again. */
  private void unreserve() {
    for (Part part : parts) {
      resources.unreserve(part.token, part.acquisition.isPresent());
    }
  }

  private void begin() {
    List<Acquisition> starting = parts.stream().flatMap(part -> part.acquisition.stream()).toList();
    running = starting.size();
    starting.forEach(Acquisition::start);
    if (starting.isEmpty()) {
      finish();
    }
  }

  private void ended(Part part, Acquisition.Result result) {
    part.result = result;
    part.acquisition = Optional.empty();
    running--;
    if (result.result() != 0 && !failed) {
      failed = true;
      wake();
    }
    if (running == 0) {
      finish();
    }
  }

  private void finish() {
    List<Token> granted =
        parts.stream()
            .map(part -> part.token)
            .filter(token -> token.resource().tokens().contains(token))
            .toList();
    if (!failed) {
      granted.forEach(this::tellGranted);
      done.accept(Acquired.granted(granted));
      return;
    }
    Part failure = failure();
    Acquisition.Result reason = failure.result;
    Optional<LeaderRecord> leader = reason.obstacle().map(Acquired.Obstacle::leader);
    tellRefused(failure.request, reason.result(), Seams.owner(failure.request.lockspace(), leader));
    resources.undo(
        granted, () -> done.accept(new Acquired(reason.result(), List.of(), reason.obstacle())));
  }

  /** The first failure in the order of the request that is not a mere consequence of another. */
  private Part failure() {
    List<Part> failures = parts.stream().filter(part -> part.result.result() != 0).toList();
    return failures.stream()
        .filter(part -> part.result.result() != ResultCode.EGENERIC.number())
        .findFirst()
        .orElse(failures.get(0));
  }

  private void tellGranted(Token token) {
    Resource resource = token.resource();
    seams.tell(
        EventKind.GRANTED, resource, token.pid(), resource.lver(), resource.shared() ? 1 : 0);
  }

  private void tellRefused(LeaseRequest request, int result, long owner) {
    seams
        .events()
        .happened(EventKind.REFUSED, request.space(), request.name(), holder.pid(), result, owner);
  }
}
