package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.ResultCode;
import java.util.BitSet;
import java.util.Optional;

/**
 * Takes a resource lease (paxos-lease.md 3, 5, 7, 8 and the hardenings of 26). A resumable object:
 * {@link #advance} runs until the acquire ends or has to wait, and is called again after the wait,
 * so that no thread is held while a dead owner is waited for. Used by one thread at a time.
 */
public final class PaxosAcquire {
  /** What to do next. */
  public sealed interface Step {
    /** Call {@link #advance} again after this time. */
    record Wait(long nanos) implements Step {}

    /** The acquire has ended. */
    record Done(AcquireOutcome outcome) implements Step {}
  }

  private enum State {
    READ,
    WATCH_OWNER,
    PREPARE,
    CHECK_LEADER,
    BALLOT,
    SETTLE_MODE
  }

  private final PaxosContext context;
  private final PaxosIdentity identity;
  private final AcquireRequest request;
  private final ModeBlock keptMode;
  private final LeaseReplicas replicas;
  private final BallotMemory memory;
  private final Clock clock;
  private final LeaseLog log;
  private final DecisionTrace trace;
  private final BitSet sharers = new BitSet();

  private State state = State.READ;
  private long waitNanos;
  private int restarts;
  private final Contention contention;

  /** The leader from which the next version is derived, and the number of that version. */
  private LeaderRecord basis;

  private long version;
  private long mbal;
  private long highestMbalSeen;
  private long nextVersion;
  private long hiddenHost;
  private long releasedOwner;
  private boolean basisIsFresh;
  private int ballots;
  private OwnerWatch ownerWatch;

  /** The leader accepted for the next ballot: the basis, or one that another host wrote for us. */
  private LeaderRecord accepted;

  /** Our block as last written in this acquire, and the last version we proposed a value for. */
  private Optional<Dblock> ownBlock = Optional.empty();

  private long proposedVersion;
  private Optional<LeaderRecord> attempted = Optional.empty();
  private Optional<LeaderRecord> lastRead = Optional.empty();

  /**
   * An acquire not yet begun. No other operation of this host may run on the resource meanwhile,
   * and none of its writes may be in flight (H5).
   */
  public PaxosAcquire(PaxosContext context, AcquireRequest request) {
    this(context, request, ModeBlock.NONE);
  }

  private PaxosAcquire(PaxosContext context, AcquireRequest request, ModeBlock keptMode) {
    this.context = context;
    this.request = request;
    this.keptMode = keptMode;
    this.identity = context.identity();
    this.replicas = context.replicas();
    this.memory = context.memory();
    this.clock = context.clock();
    this.log = context.log();
    this.trace = new DecisionTrace(log);
    this.contention = new Contention(clock, context.randomness());
  }

  /**
   * An exclusive acquire by a host that holds the lease shared, and stays a shared holder until it
   * is granted.
   */
  static PaxosAcquire upgrade(PaxosContext context, boolean ownerNoWait) {
    return new PaxosAcquire(
        context,
        new AcquireRequest(false, 0, 0, ownerNoWait),
        ModeBlock.shared(context.identity().generation()));
  }

  /** Our block as last written by this acquire, however it ended. */
  Optional<Dblock> lastWritten() {
    return ownBlock;
  }

  /** How many ballots it has run. */
  public int ballots() {
    return ballots;
  }

  /** Runs until the acquire ends or has to wait. */
  public Step advance() {
    try {
      while (true) {
        if (context.cancellation().cancelled()) {
          throw new Refusal(ResultCode.EGENERIC, null, "acquire called off");
        }
        Optional<AcquireOutcome> outcome = runState();
        if (outcome.isPresent()) {
          return new Step.Done(outcome.get());
        }
        if (waitNanos > 0) {
          Step wait = new Step.Wait(waitNanos);
          waitNanos = 0;
          return wait;
        }
      }
    } catch (LeaseException e) {
      return refused(e.result(), e.getMessage(), Optional.empty());
    } catch (Refusal e) {
      return refused(e.result(), e.getMessage(), e.leader());
    }
  }

  private Optional<AcquireOutcome> runState() throws LeaseException, Refusal {
    switch (state) {
      case READ -> state = readAndDecide();
      case WATCH_OWNER -> state = watchOwner();
      case PREPARE -> state = prepare();
      case CHECK_LEADER -> state = checkLeader();
      case BALLOT -> state = runBallot();
      case SETTLE_MODE -> {
        return Optional.of(settleMode());
      }
    }
    return Optional.empty();
  }

  /** Steps 1 and 2: read everything, decide what the leader means. */
  private State readAndDecide() throws LeaseException, Refusal {
    FirstRead read = FirstRead.of(replicas, identity, memory);
    if (!replicas.majoritySettled()) {
      // H5: what an earlier operation of ours has in flight could land on top of this one's writes.
      throw new Refusal(
          ResultCode.EAGAIN, read.leader(), "late writes to " + replicas + " are in flight");
    }
    basis = read.leader();
    lastRead = Optional.of(basis);
    trace.begun(basis, read.highestMbal(), replicas);
    highestMbalSeen = read.highestMbal();
    nextVersion = read.nextVersion();
    hiddenHost = read.hiddenHost();
    basisIsFresh = true;
    releasedOwner = 0;
    ownerWatch = null;
    long current = nextVersion - 1;
    // Whether the newest version was decided before is not known of a stale leader; if it is the
    // one
    // that is wanted, it is decided now and followed by the next one.
    boolean newest = read.leaderIsStale() && request.wantedVersion() == nextVersion;
    if (request.wantedVersion() != 0 && request.wantedVersion() != current && !newest) {
      throw new Refusal(
          ResultCode.ACQUIRE_LVER,
          basis,
          "version is " + current + ", wanted " + request.wantedVersion());
    }
    if (read.leaderIsStale()) {
      // What it says of its owner is over. To decide the newest version once more repairs it; a
      // ballot for an older one would overwrite blocks that prove what was decided (I4).
      log.error(
          "leader of " + replicas + " is stale at version " + basis.lver() + ", decided again");
      return State.PREPARE;
    }
    boolean ours =
        basis.ownerId() == identity.hostId()
            && Long.compareUnsigned(basis.ownerGeneration(), identity.generation()) <= 0;
    return basis.isFree() || ours ? State.PREPARE : State.WATCH_OWNER;
  }

  /** Step 3: wait for an owner that does not move, refuse if it does. */
  private State watchOwner() throws LeaseException, Refusal {
    contention.over();
    if (ownerWatch == null) {
      ownerWatch = new OwnerWatch(identity, context.lockspace(), clock, basis);
    } else {
      lastRead = Optional.of(replicas.readLeader());
      if (!lastRead.get().equals(basis)) {
        return State.READ;
      }
    }
    basisIsFresh = false;
    switch (ownerWatch.look()) {
      case GONE -> {
        return State.PREPARE;
      }
      case ALIVE -> {
        if (replicas.releasedByOwner(basis)) {
          releasedOwner = basis.ownerId();
          return State.PREPARE;
        }
        throw new Refusal(
            ResultCode.ACQUIRE_IDLIVE,
            basis,
            "owner host_id "
                + basis.ownerId()
                + " generation "
                + basis.ownerGeneration()
                + " is alive");
      }
      case UNKNOWN -> {
        waitNanos = Clock.SECOND_NANOS;
        return State.WATCH_OWNER;
      }
      case SILENT -> {
        if (request.ownerNoWait()) {
          throw new Refusal(
              ResultCode.ACQUIRE_OWNED_RETRY,
              basis,
              "owner host_id " + basis.ownerId() + " is not yet known to be dead");
        }
        waitNanos = Clock.SECOND_NANOS;
        return State.WATCH_OWNER;
      }
    }
    throw new IllegalStateException("unreachable");
  }

  /** Step 4: the version to decide and the first ballot number. */
  private State prepare() {
    version = nextVersion;
    mbal = 0;
    raiseMbal(highestMbalSeen);
    return State.CHECK_LEADER;
  }

  /** Makes our number larger than {@code seen} and every number we ever used (I6). */
  private void raiseMbal(long seen) {
    long above = Math.max(Math.max(seen, mbal), memory.highestMbal());
    long maxHosts = basis.maxHosts();
    mbal =
        above == 0
            ? identity.hostId()
            : above - Long.remainderUnsigned(above, maxHosts) + maxHosts + identity.hostId();
  }

  /** Step 5: look at the leader before each ballot. */
  private State checkLeader() throws LeaseException, Refusal {
    LeaderRecord leader = basisIsFresh ? basis : replicas.readLeader();
    basisIsFresh = false;
    lastRead = Optional.of(leader);
    if (leader.equals(basis)) {
      accepted = basis;
      return State.BALLOT;
    }
    if (leader.lver() == version) {
      if (leader.ownerId() != identity.hostId()) {
        throw new Refusal(ResultCode.ACQUIRE_OWNED, leader, "taken by host_id " + leader.ownerId());
      }
      boolean grantable =
          leader.ownedBy(identity.hostId(), identity.generation())
              && !leader.isFree()
              && !memory.isReleased(version);
      if (!grantable) {
        return restart();
      }
      replicas.checkSizes(leader);
      // H2: another host committed us; decide once more before we believe it.
      accepted = leader;
      return State.BALLOT;
    }
    return restart();
  }

  private State restart() throws Refusal {
    noteContention(ResultCode.DBLOCK_LVER);
    if (++restarts > 1) {
      // Once is ordinary; what repeats must not keep a worker and the disk busy without a pause.
      waitNanos = contention.backoffNanos();
    }
    return State.READ;
  }

  /** Step 6 and, when it succeeds, step 7. */
  private State runBallot() throws LeaseException, Refusal {
    long hosts = Math.max(accepted.numHosts(), hiddenHost);
    BallotPlan plan = new BallotPlan(accepted, hosts, version, mbal, releasedOwner, keptMode);
    Ballot ballot = new Ballot(context, plan, sharers);
    ballots++;
    Ballot.Result result;
    try {
      result = ballot.run();
    } finally {
      if (ballot.lastWritten().isPresent()) {
        ownBlock = ballot.lastWritten();
      }
      if (ballot.proposed()) {
        proposedVersion = version;
      }
    }
    if (result instanceof Ballot.Result.Decided decided) {
      return commit(decided);
    }
    if (result instanceof Ballot.Result.Lost lost) {
      log.debug("ballot " + version + " mbal " + mbal + " lost " + lost.code().number());
      noteContention(lost.code());
      raiseMbal(lost.highestMbal());
      waitNanos = contention.backoffNanos();
      // A newer version means that the leader has moved on, or was put back: look at everything.
      return lost.code() == ResultCode.DBLOCK_LVER ? State.READ : State.CHECK_LEADER;
    }
    if (result instanceof Ballot.Result.OwnerReclaims) {
      return restart();
    }
    noteContention(ResultCode.DBLOCK_MBAL);
    raiseMbal(mbal);
    return State.CHECK_LEADER;
  }

  private void noteContention(ResultCode code) throws Refusal {
    if (contention.lastsTooLong()) {
      throw new Refusal(
          code,
          lastRead.orElse(null),
          "no ballot of " + replicas + " succeeded in 30 s; compare its host blocks and leader");
    }
  }

  /** Step 7: write the decided owner into the leader. */
  private State commit(Ballot.Result.Decided decided) throws LeaseException, Refusal {
    Dblock block = decided.decided();
    if (clock.elapsedNanos() - decided.readIssuedNanos()
        > identity.times().readToWriteLimitNanos()) {
      // H3: others may have used and freed the version meanwhile. Not writing is always safe.
      log.error("paused before the commit of " + replicas + ", ballot repeated");
      noteContention(ResultCode.DBLOCK_MBAL);
      raiseMbal(mbal);
      return State.CHECK_LEADER;
    }
    boolean ourId = block.inp() == identity.hostId();
    LeaderRecord leader =
        new Commit(identity, request, sharers, hiddenHost).leader(accepted, block, clock.seconds());
    attempted = Optional.of(leader);
    replicas.writeLeader(leader);
    trace.commits(version, ourId, leader);
    lastRead = attempted;
    if (!ourId) {
      throw new Refusal(ResultCode.ACQUIRE_OTHER, leader, "committed for host_id " + block.inp());
    }
    if (block.inp2() != identity.generation()
        || memory.isReleased(version)
        || version == request.wantedVersion()) {
      // The claim of a former incarnation, or of a version we gave up, is void (H6); what follows
      // the wanted version is asked for, not that version.
      attempted = Optional.empty();
      return restart();
    }
    basis = leader;
    return State.SETTLE_MODE;
  }

  private AcquireOutcome settleMode() throws LeaseException, Refusal {
    ModeSettlement settlement = new ModeSettlement(context);
    Dblock own = ownBlock.orElseThrow();
    if (request.shared()) {
      return settlement.share(basis, own);
    }
    return keptMode.isShared()
        ? settlement.upgrade(basis, own, sharers)
        : settlement.exclude(basis, own, sharers);
  }

  private Step refused(int result, String message, Optional<LeaderRecord> leader) {
    Optional<Holding> undo =
        mayBecomeOwner() ? ownBlock.map(b -> new Holding(b, attempted)) : Optional.empty();
    return new Step.Done(new AcquireOutcome.Refused(result, message, leader, undo));
  }

  /**
   * The withdrawal rule: once phase 2 was submitted our value may be committed by anybody at any
   * time, unless a leader was read that decides its version for somebody else.
   */
  private boolean mayBecomeOwner() {
    if (proposedVersion == 0) {
      return false;
    }
    boolean decidedForOther =
        lastRead
            .filter(
                leader -> leader.lver() >= proposedVersion && leader.ownerId() != identity.hostId())
            .isPresent();
    return !decidedForOther;
  }
}
