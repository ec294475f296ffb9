package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.BallotMemory;
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

  Resource(long id, LeaseName space, LeaseName name) {
    this.id = id;
    this.space = space;
    this.name = name;
  }

  /** Starts a new life of this structure for one acquire. */
  void begin(Lockspace inLockspace, LeaseRequest request) {
    lockspace = inLockspace;
    disks = request.disks();
    shared = request.acquire().shared();
    releasing = false;
    ownerPid = 0;
    geometry = inLockspace.membership().identity().geometry();
    leader = Optional.empty();
    dblock = Optional.empty();
    state = State.ADD;
  }

  void reuse() {
    reused++;
  }

  void granted(LeaderRecord newLeader, Dblock newDblock, Geometry found) {
    leader = Optional.of(newLeader);
    dblock = Optional.of(newDblock);
    geometry = found;
    state = State.HELD;
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

  void ownerPid(int pid) {
    ownerPid = pid;
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
