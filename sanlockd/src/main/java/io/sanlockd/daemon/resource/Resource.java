package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.BallotMemory;
import io.sanlockd.lease.paxos.ConvertOutcome;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.OpenLease;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.ValueWrite;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One lease that this host holds, takes or gives back. Main loop only, except that the worker
 * running its single disk operation uses {@link #memory}.
 */
public final class Resource {
  /** Which list a resource is on. */
  public enum State {
    /** Being acquired. */
    ADD,
    /** Held by at least one process. */
    HELD,
    /** Being given back. */
    REM,
    /** Held on disk, by no process. */
    ORPHAN,
    /** Not held; kept for its number and its ballot memory. */
    FREE
  }

  private final long id;
  private final LeaseName space;
  private final LeaseName name;
  private final List<Token> tokens = new ArrayList<>();
  private final BallotMemory memory = new BallotMemory();

  private State state = State.FREE;
  private List<DiskSpec> disks = List.of();
  private Lockspace lockspace;
  private boolean shared;
  private boolean releasing;
  private int ownerPid;
  private int reused;
  private Geometry geometry;
  private Optional<LeaderRecord> leader = Optional.empty();
  private Optional<Dblock> dblock = Optional.empty();
  private OpenLease open;
  private boolean converting;
  private boolean examining;

  /** What the final release must give up beside a shared hold, after a failed conversion. */
  private Optional<Holding> surplus = Optional.empty();

  private Optional<byte[]> value = Optional.empty();
  private boolean valueChanged;

  /** The last one, which may have ended. */
  private Optional<ValueWrite> valueWrite = Optional.empty();

  /** How the holder of an exclusive lease wants to be stopped when another host asks for it. */
  private Optional<KillProgram> killProgram = Optional.empty();

  private int restrictions;
  private final List<Runnable> retirement = new ArrayList<>();

  Resource(long id, LeaseName space, LeaseName name) {
    this.id = id;
    this.space = space;
    this.name = name;
  }

  /** Starts a new life of this structure for one acquire. */
  void begin(LeaseRequest request, Client holder) {
    lockspace = request.lockspace();
    disks = request.disks();
    shared = request.acquire().shared();
    releasing = false;
    geometry = lockspace.membership().identity().geometry();
    leader = Optional.empty();
    dblock = Optional.empty();
    converting = false;
    examining = false;
    surplus = Optional.empty();
    value = Optional.empty();
    valueChanged = false;
    valueWrite = Optional.empty();
    belongsTo(holder);
    state = State.ADD;
  }

  private void belongsTo(Client holder) {
    ownerPid = shared ? 0 : holder.pid();
    killProgram = holder.killProgram();
    restrictions = shared ? 0 : holder.restrictions();
  }

  void reuse() {
    reused++;
  }

  /** One more use by a process. */
  Token use(long tokenId, Client holder, LeaseRequest request) {
    Token token = new Token(tokenId, holder, this, request.persistent());
    tokens.add(token);
    return token;
  }

  void granted(AcquireOutcome.Granted outcome, Geometry found, Optional<byte[]> valueBlock) {
    leader = Optional.of(outcome.leader());
    dblock = Optional.of(outcome.dblock());
    geometry = found;
    value = valueBlock;
    state = State.HELD;
  }

  /** The orphan gets a holder again. */
  void adopt(Client holder) {
    belongsTo(holder);
    state = State.HELD;
  }

  /** The lease as it was last granted or converted. */
  AcquireOutcome.Granted held() {
    return new AcquireOutcome.Granted(leader.orElseThrow(), dblock.orElseThrow());
  }

  /** Whether its mode is being changed. */
  public boolean converting() {
    return converting;
  }

  void converting(boolean now) {
    converting = now;
  }

  /** Its mode was changed. */
  void converted(boolean nowShared, ConvertOutcome.Converted outcome) {
    leader = Optional.of(outcome.leader());
    dblock = Optional.of(outcome.dblock());
    surplus = Optional.empty();
    becomes(nowShared);
  }

  /** Its mode could not be changed, or only halfway. */
  void notConverted(ConvertOutcome.Refused outcome) {
    dblock = Optional.of(outcome.dblock());
    surplus = outcome.undo();
    becomes(outcome.shared());
  }

  private void becomes(boolean nowShared) {
    if (shared != nowShared) {
      shared = nowShared;
      belongsTo(tokens.get(0).holder());
    }
  }

  /** What the final release must give up on disk. */
  Holding holding() {
    return surplus.orElseGet(() -> new Holding(dblock.orElseThrow(), leader));
  }

  /** Whether only our shared flag is to be taken back. */
  boolean onlySharedOnDisk() {
    return shared && surplus.isEmpty();
  }

  /** Whether the leader on disk may name us although the lease is held shared. */
  public boolean hasSurplus() {
    return surplus.isPresent();
  }

  /** The lock value block, one sector; empty when it was not asked for. */
  public Optional<byte[]> value() {
    return value.map(byte[]::clone);
  }

  /** Replaces the first bytes of the value block; there is one, and it is not shorter. */
  public void changeValue(byte[] bytes) {
    System.arraycopy(bytes, 0, value.orElseThrow(), 0, bytes.length);
    valueChanged = true;
  }

  /** Whether the value block is to be written when the lease is given up. */
  public boolean valueChanged() {
    return valueChanged;
  }

  /** For the operation that begins now: what the next exclusive owner shall find. */
  Optional<ValueWrite> leaveValue() {
    valueWrite =
        valueChanged
            ? value().map(bytes -> new ValueWrite(bytes, lockspace.membership().fence()))
            : Optional.empty();
    return valueWrite;
  }

  /** Whether its value block is to be written by an operation that waits or runs. */
  boolean valueDue() {
    return valueWrite.filter(ValueWrite::due).isPresent();
  }

  /** Whether no write of ours is in flight that could undo what the next owner writes. */
  boolean foreignSettled() {
    return open == null || open.replicas().foreignSettled();
  }

  /** Whether a request of another host for it is to be looked for. */
  public boolean examining() {
    return examining;
  }

  /** Notes that a request is to be looked for, or was. */
  public void examining(boolean wanted) {
    examining = wanted;
  }

  /** What stops the holder gracefully, as it was when the acquire began. */
  public Optional<KillProgram> killProgram() {
    return killProgram;
  }

  /** Restriction mask of the exclusive holder when the acquire began, 0 when shared. */
  public int restrictions() {
    return restrictions;
  }

  /** Who we are when we use it. */
  PaxosIdentity identity() {
    return identity(lockspace, name);
  }

  /** Who we are when we use a resource of a lockspace. */
  static PaxosIdentity identity(Lockspace lockspace, LeaseName name) {
    return new PaxosIdentity(
        lockspace.spec().name(),
        name,
        lockspace.spec().hostId(),
        lockspace.membership().generation(),
        lockspace.times());
  }

  /** Calls back when the resource is no longer in use in any way. */
  void onRetired(Runnable waiter) {
    retirement.add(waiter);
  }

  /** Out of use. */
  void retired() {
    tokens.clear();
    releasing = false;
    state = State.FREE;
    List<Runnable> waiters = List.copyOf(retirement);
    retirement.clear();
    waiters.forEach(Runnable::run);
  }

  /** Number of this structure, for status and logs. */
  public long id() {
    return id;
  }

  /** Lockspace name. */
  public LeaseName space() {
    return space;
  }

  /** Resource name. */
  public LeaseName name() {
    return name;
  }

  /** Where its copies lie. */
  public List<DiskSpec> disks() {
    return disks;
  }

  /** The list it is on. */
  public State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  /** The instance of the lockspace it was acquired in. */
  public Lockspace lockspace() {
    return lockspace;
  }

  /** Whether it is held, or wanted, shared. */
  public boolean shared() {
    return shared;
  }

  /** Whether its release goes on in the background. */
  public boolean releasing() {
    return releasing;
  }

  void releasing(boolean inBackground) {
    releasing = inBackground;
  }

  /** Pid of the exclusive owner, 0 for a shared lease. */
  public int ownerPid() {
    return ownerPid;
  }

  /** How often the structure was used again. */
  public int reused() {
    return reused;
  }

  /** Sizes of its area. */
  public Geometry geometry() {
    return geometry;
  }

  /** The leader as last written by us, empty until acquired. */
  public Optional<LeaderRecord> leader() {
    return leader;
  }

  /** Our host block as last written, empty until acquired. */
  public Optional<Dblock> dblock() {
    return dblock;
  }

  /** The processes that use it, in the order they came. */
  public List<Token> tokens() {
    return tokens;
  }

  /** Lease version, 0 until acquired. */
  public long lver() {
    return leader.map(LeaderRecord::lver).orElse(0L);
  }

  BallotMemory memory() {
    return memory;
  }

  OpenLease open() {
    return open;
  }

  void open(OpenLease lease) {
    open = lease;
  }

  boolean is(LeaseName inSpace, LeaseName withName) {
    return space.equals(inSpace) && name.equals(withName);
  }

  /** For log lines. */
  @Override
  public String toString() {
    return "r" + id;
  }
}
