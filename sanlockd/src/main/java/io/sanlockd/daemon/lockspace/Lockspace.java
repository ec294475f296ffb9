package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.watchdog.WatchdogSession;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.Check;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * One lockspace from add to end. Owned by the main loop; only {@link #publish}, {@link #joined},
 * {@link #guardedBy}, {@link #status}, {@link #membership}, {@link #watchdog}, {@link #history},
 * {@link #renewals} and {@link #notices} are for the renewal thread, too.
 */
public final class Lockspace {
  /** Which list a lockspace is on. */
  public enum Phase {
    /** Its delta lease is being taken. */
    ADDING,
    /** Usable and supervised. */
    ACTIVE,
    /** Its users are gone, its thread is ending. */
    REMOVING,
    /** Ended. */
    GONE
  }

  /** How far recovery or removal has come. */
  public enum Killing {
    /** Not at all. */
    NO,
    /** Its processes are being killed. */
    RUNNING,
    /** All that remain have ignored every signal; given up. */
    STUCK
  }

  /** Why the processes that use a lockspace are stopped. */
  public enum Cause {
    /** They are not. */
    NONE(false),
    /** A client or a forced shutdown asked for its removal. */
    REMOVED(false),
    /** The last renewal is too old. */
    EXPIRED(true),
    /** Somebody overwrote our delta lease, and may own the host_id by now. */
    OVERWRITTEN(true),
    /** The watchdog daemon is lost: the host is about to be reset. */
    UNGUARDED(true);

    private final boolean leaseLost;

    Cause(boolean leaseLost) {
      this.leaseLost = leaseLost;
    }

    /** Whether our lease, or its protection, is lost. */
    public boolean leaseLost() {
      return leaseLost;
    }
  }

  private final long id;
  private final LockspaceSpec spec;
  private final LeaseTimes times;
  private final LockspaceSettings settings;
  private final RenewalHistory history;
  private final RenewalCounts renewals = new RenewalCounts();
  private final StopSignal stop;
  private final Clock clock;
  private final HostNotices notices;
  private final EventChannels events;
  private final List<IntConsumer> addWaiters = new ArrayList<>();
  private final List<Runnable> endWaiters = new ArrayList<>();
  private final Set<Runnable> closingListeners = new LinkedHashSet<>();

  private volatile RenewalStatus status = RenewalStatus.NONE;
  private volatile Membership membership;
  private volatile WatchdogSession watchdog = WatchdogSession.NONE;

  /** Written by the main loop only; workers look at them to give up early. */
  private volatile Phase phase = Phase.ADDING;

  private volatile Killing killing = Killing.NO;

  private volatile boolean removalRequested;
  private boolean indexOperation;
  private boolean externalUsed;
  private boolean usedByOrphans;
  private int usedRetries;
  private Cause cause = Cause.NONE;
  private long killingSinceSeconds;
  private int undoResult;

  Lockspace(
      long id,
      LockspaceSpec spec,
      LeaseTimes times,
      LockspaceSettings settings,
      StopSignal stop,
      Clock clock,
      Function<String, LeaseLog> logs) {
    this.stop = stop;
    this.clock = clock;
    this.id = id;
    this.spec = spec;
    this.times = times;
    this.settings = settings;
    this.history = new RenewalHistory(settings.historySize());
    this.notices = new HostNotices(spec.hostId(), setBitmapSeconds());
    this.events = new EventChannels(logs.apply(this + " "));
  }

  /** Number of this instance, never reused. */
  public long id() {
    return id;
  }

  /** Name, host_id and place. */
  public LockspaceSpec spec() {
    return spec;
  }

  /** Intervals of our io_timeout. */
  public LeaseTimes times() {
    return times;
  }

  /** The list it is on. */
  public Phase phase() {
    return phase;
  }

  /** How far killing its processes has come. */
  public Killing killing() {
    return killing;
  }

  /** Whether removal was requested by a client or by a forced shutdown. */
  public boolean removalRequested() {
    return removalRequested;
  }

  /** Whether our lease was found expired or corrupt, or its protection lost. */
  public boolean renewalFailed() {
    return cause.leaseLost();
  }

  /** Whether the uses there are may go on. Any thread. */
  public boolean usable() {
    return phase == Phase.ACTIVE && killing == Killing.NO;
  }

  /**
   * Until when processes may stop by themselves, in monotonic seconds (recovery.md 4). If renewals
   * succeed again the end moves on, but not when the lease may be another host's by now or the
   * watchdog is about to fire.
   */
  public long graceEnd(int graceSeconds) {
    long expiry = status.renewalSuccess() + times.failSeconds();
    boolean inHurry = cause != Cause.EXPIRED || status.corruptResult() != 0;
    return graceSeconds + (inHurry ? Math.min(expiry, killingSinceSeconds) : expiry);
  }

  /**
   * Whether a new use may begin: not once removal was requested, and not after a pause that leaves
   * it open whether the host_id is still ours. Any thread.
   */
  public boolean acceptsUse() {
    return usable() && !removalRequested && holdsLease();
  }

  /** Whether no other host can own our host_id, or judge it dead, for a while yet. Any thread. */
  public boolean holdsLease() {
    return !doubtful() && ageSeconds() < times.failSeconds() && status.corruptResult() == 0;
  }

  /**
   * Seconds since the last renewal, time spent suspended included: other hosts count that, too. Any
   * thread.
   */
  public long ageSeconds() {
    RenewalStatus last = status;
    return clock.seconds() - last.renewalSuccess() + suspendedSince(last) / Clock.SECOND_NANOS;
  }

  /**
   * Whether the host was suspended for more than an io_timeout since the last renewal: until the
   * next one our lease counts as lost for everything new (recovery.md 13). Any thread.
   */
  boolean doubtful() {
    return suspendedSince(status) > times.ioTimeoutNanos();
  }

  private long suspendedSince(RenewalStatus last) {
    return clock.suspendedNanos() - last.suspendedNanosBefore();
  }

  /**
   * An operation on a resource index begins: until its end no other one does, and removal is
   * refused.
   *
   * @return false when one runs already
   */
  public boolean beginIndexOperation() {
    boolean free = !indexOperation;
    indexOperation = true;
    return free;
  }

  /** The operation begun with {@link #beginIndexOperation} has ended. */
  public void endIndexOperation() {
    indexOperation = false;
  }

  boolean indexOperation() {
    return indexOperation;
  }

  /** Whether something that we do not know uses it: removal must wait (SET_CONFIG USED). */
  public boolean externalUsed() {
    return externalUsed;
  }

  /** Sets or clears {@link #externalUsed}. */
  public void externalUsed(boolean used) {
    externalUsed = used;
  }

  /** Whether orphans count as use: removal must wait for them (SET_CONFIG USED_BY_ORPHANS). */
  public boolean usedByOrphans() {
    return usedByOrphans;
  }

  /** Sets or clears {@link #usedByOrphans}. */
  public void usedByOrphans(boolean used) {
    usedByOrphans = used;
  }

  /** Supervision passes in which something that is no process held up a removal. */
  public int usedRetries() {
    return usedRetries;
  }

  /** Counts one more such pass. */
  public void noteUsedRetry() {
    usedRetries++;
  }

  /** What the renewal thread last reported. */
  public RenewalStatus status() {
    return status;
  }

  /** Our membership; null until the delta lease was taken. */
  public Membership membership() {
    return membership;
  }

  /** What resets this host when our lease runs out. */
  public WatchdogSession watchdog() {
    return watchdog;
  }

  /** The last renewals. */
  public RenewalHistory history() {
    return history;
  }

  /** How renewals go. Any thread. */
  public RenewalCounts renewals() {
    return renewals;
  }

  /** What our renewals tell other hosts. */
  public HostNotices notices() {
    return notices;
  }

  /** Who hears what other hosts tell us. Main loop only. */
  public EventChannels events() {
    return events;
  }

  /** How long a notification to another host stays set. */
  public int setBitmapSeconds() {
    return settings.setBitmapSeconds() != 0 ? settings.setBitmapSeconds() : 6 * times.ioTimeout();
  }

  /** Extra wait for a timed-out renewal read, in seconds. */
  public int renewalReadExtendSeconds() {
    return settings.renewalReadExtendSeconds() >= 0
        ? settings.renewalReadExtendSeconds()
        : times.ioTimeout();
  }

  long renewalReadExtendNanos() {
    int seconds = renewalReadExtendSeconds();
    return seconds == 0 ? Clock.SECOND_NANOS / 2 : seconds * Clock.SECOND_NANOS;
  }

  void publish(RenewalStatus newStatus) {
    status = newStatus;
  }

  void joined(Membership newMembership) {
    membership = newMembership;
  }

  void guardedBy(WatchdogSession session) {
    watchdog = session;
  }

  StopSignal stop() {
    return stop;
  }

  void moveTo(Phase next) {
    Check.state(next.compareTo(phase) > 0, phase + " to " + next);
    phase = next;
  }

  void requestRemoval() {
    removalRequested = true;
    tellClosing();
  }

  /** Calls back whenever {@link #acceptsUse} may have become false. */
  public void addClosingListener(Runnable listener) {
    closingListeners.add(listener);
  }

  /** Ends {@link #addClosingListener}. */
  public void removeClosingListener(Runnable listener) {
    closingListeners.remove(listener);
  }

  /** Tells whoever waits for something in the lockspace that no new use can begin any more. */
  public void tellClosing() {
    List.copyOf(closingListeners).forEach(Runnable::run);
  }

  /** Recovery or removal begins: from now on no new use is allowed, for ever. */
  public void startKilling(Cause why, long nowSeconds) {
    Check.state(killing == Killing.NO, "killing twice");
    killingSinceSeconds = nowSeconds;
    cause = why;
    killing = Killing.RUNNING;
  }

  /** All processes left have ignored every signal. */
  public void killingStuck() {
    killing = Killing.STUCK;
  }

  void onAdded(IntConsumer waiter) {
    addWaiters.add(waiter);
  }

  void onEnd(Runnable waiter) {
    endWaiters.add(waiter);
  }

  void addFinished(int result) {
    List<IntConsumer> waiters = List.copyOf(addWaiters);
    addWaiters.clear();
    waiters.forEach(w -> w.accept(result));
  }

  void endFinished() {
    List<Runnable> waiters = List.copyOf(endWaiters);
    endWaiters.clear();
    waiters.forEach(Runnable::run);
  }

  void undoWith(int result) {
    undoResult = result;
  }

  int undoResult() {
    return undoResult;
  }

  /** For log lines. */
  @Override
  public String toString() {
    return "s" + id;
  }
}
