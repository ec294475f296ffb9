package io.sanlockd.reset;

import io.sanlockd.client.EventFlag;
import io.sanlockd.client.SanlockException;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.HostState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Asks a host for its reset and watches it until it is certainly gone (consumers.md 9). The host
 * may be asked through several lockspaces; it is gone when one of them shows it.
 *
 * <p>Certainty comes from the lockspace alone: the host is DEAD there, which takes 8 io_timeouts
 * and 60 seconds after its last renewal; or, with the io_timeout of 10, it has promised the reset
 * 90 seconds ago and has not renewed for long since: its wdmd acted within 10 seconds of the
 * promise and the watchdog fired 60 seconds later.
 */
final class HostReset {
  /** Time between two looks at the host. */
  static final long POLL_MILLIS = 2000;

  private static final int NATIVE_IO_TIMEOUT = 10;
  private static final long NATIVE_SECONDS = 90;

  /** A host that renews longer than this after its promise was not reset. */
  private static final long NATIVE_RENEWAL_SECONDS = 70;

  private static final int MAX_RENEWALS_WITHOUT_REPLY = 4;
  private static final long LIMIT_SECONDS = 300;

  /** How far we are. */
  enum Outcome {
    PENDING,
    DONE,
    FAILED
  }

  /**
   * What is asked for.
   *
   * @param event request bits
   * @param generation only this generation of the host; 0 for whichever it is
   * @param resourceMode DEAD is enough, also without an answer
   * @param nativeTimeout the end of the 90 seconds is enough
   */
  record Plan(long event, long generation, boolean resourceMode, boolean nativeTimeout) {
    static Plan of(ResetOptions options) {
      long event =
          (options.watchdog ? ResetEvents.RESET : 0) | (options.reboot ? ResetEvents.REBOOT : 0);
      return new Plan(event, options.generation, options.resourceMode, options.nativeTimeout);
    }
  }

  /** What one lockspace says. */
  private enum Verdict {
    OPEN,
    GONE,

    /** No reply, or no end in time. */
    HOPELESS,

    /** It promised and lives on: no other lockspace can know better. */
    STILL_THERE
  }

  private final LockManager locks;
  private final Plan plan;
  private final List<Target> targets;
  private final LongSupplier seconds;
  private final ProgramLog log;
  private boolean nativeTimeout;
  private long beginSecond;

  /**
   * A reset that has not begun.
   *
   * @param seconds CLOCK_MONOTONIC
   */
  HostReset(
      LockManager locks, Plan plan, List<Target> targets, LongSupplier seconds, ProgramLog log) {
    this.locks = locks;
    this.plan = plan;
    this.targets = new ArrayList<>(targets);
    this.seconds = seconds;
    this.log = log;
    this.nativeTimeout = plan.nativeTimeout;
  }

  /** Asks the host through every lockspace; false when none could be used. */
  boolean begin() {
    beginSecond = seconds.getAsLong();
    targets.removeIf(target -> !subscribe(target));
    if (targets.isEmpty()) {
      log.error("No lockspaces could be registered.");
      return false;
    }
    targets.removeIf(target -> !ask(target));
    if (targets.isEmpty()) {
      log.error("Event could not be set in any lockspace.");
      return false;
    }
    return true;
  }

  private boolean subscribe(Target target) {
    try {
      target.subscription = locks.subscribe(target.lockspace, new Answers(target));
      return true;
    } catch (SanlockException e) {
      log.error("reg_event error " + e.number() + " ls " + target.lockspace.text());
      return false;
    }
  }

  private boolean ask(Target target) {
    log.debug(
        String.format(
            "set event %x 0 for host %d %d in ls %s",
            plan.event, target.hostId, plan.generation, target));
    EventFlag[] flags =
        plan.generation == 0 ? new EventFlag[0] : new EventFlag[] {EventFlag.CURRENT_GENERATION};
    try {
      locks.setEvent(
          target.lockspace, new HostEvent(target.hostId, plan.generation, plan.event, 0), flags);
      log.plain("asked host to " + ResetEvents.requests(plan.event) + "in ls " + target);
      return true;
    } catch (SanlockException e) {
      log.error("set_event error " + e.number() + " ls " + target.lockspace.text());
      boolean unused = target.subscription.end();
      return false;
    }
  }

  private final class Answers implements LockManager.Listener {
    private final Target target;

    Answers(Target target) {
      this.target = target;
    }

    @Override
    public void event(EventMessage message) {
      HostReset.this.event(target, message);
    }

    @Override
    public void ended(int number) {
      target.deaf = true;
      log.error("unregister get_event error " + number + " ls " + target.lockspace.text());
    }
  }

  private void event(Target target, EventMessage message) {
    HostEvent event = message.event();
    log.debug(
        String.format(
            "got event %x %x from host %d %d in ls %s",
            event.event(), event.data(), message.fromHostId(), message.fromGeneration(), target));
    boolean fromTarget =
        message.fromHostId() == target.hostId
            && (plan.generation == 0 || message.fromGeneration() == plan.generation);
    if (fromTarget && (event.event() & ResetEvents.REPLIES) != 0) {
      target.replied = true;
      target.resetting |= (event.event() & ResetEvents.RESETTING) != 0;
      log.plain("host " + ResetEvents.replies(event.event()) + "in ls " + target);
    }
  }

  /** Looks at the host in every lockspace; to be called every two seconds. */
  Outcome check() {
    boolean gone = false;
    boolean stillThere = false;
    int hopeless = 0;
    for (Target target : targets) {
      switch (look(target)) {
        case GONE -> gone = true;
        case STILL_THERE -> stillThere = true;
        case HOPELESS -> hopeless++;
        default -> {
          // Something may still come.
        }
      }
    }
    long elapsed = seconds.getAsLong() - beginSecond;
    if (gone) {
      log.plain("reset done in " + elapsed + " seconds");
      return Outcome.DONE;
    }
    if (hopeless == targets.size()) {
      log.error("reset failed: no replies in " + hopeless + " ls");
    }
    if (stillThere || hopeless == targets.size()) {
      log.error("reset failed in " + elapsed + " seconds");
      return Outcome.FAILED;
    }
    return Outcome.PENDING;
  }

  private Verdict look(Target target) {
    long now = seconds.getAsLong();
    Verdict verdict = Verdict.OPEN;
    try {
      List<Host> hosts = locks.hosts(target.lockspace, target.hostId);
      if (hosts.isEmpty()) {
        tellError(target, "sanlock_get_hosts error 0 ls " + target);
      } else {
        verdict = judge(target, hosts.get(0), now);
      }
    } catch (SanlockException e) {
      tellError(target, "sanlock_get_hosts error " + e.number() + " ls " + target);
    }
    if (verdict != Verdict.OPEN) {
      return verdict;
    }
    if (now - beginSecond > LIMIT_SECONDS) {
      tellError(target, "host watchdog reset failed in " + target);
      return Verdict.HOPELESS;
    }
    return target.deaf && !target.replied ? Verdict.HOPELESS : Verdict.OPEN;
  }

  private Verdict judge(Target target, Host host, long now) {
    HostState state = host.state();
    target.seen(host.timestamp());
    log.debug(
        String.format(
            "%04d state %s reply %d timestamp %d ls %s",
            now - beginSecond,
            state.name().toLowerCase(Locale.ROOT),
            target.replied ? 1 : 0,
            host.timestamp(),
            target));
    if (state == HostState.FREE) {
      tellPlain(target, "host free in ls " + target);
      return target.replied ? Verdict.OPEN : hopeless(target, "host is free with no reply in ");
    }
    if (nativeTimeout && host.ioTimeoutSeconds() != NATIVE_IO_TIMEOUT) {
      nativeTimeout = false;
      log.error("disable native_timeout due to zero io_timeout in " + target);
    }
    if (state == HostState.DEAD) {
      tellPlain(target, "host dead in ls " + target);
    }
    if (target.resetting && nativeTimeout) {
      Verdict verdict = judgeByTime(target, now);
      if (verdict != Verdict.OPEN) {
        return verdict;
      }
    }
    if (state == HostState.DEAD) {
      return target.replied || plan.resourceMode
          ? gone(target, "host_status")
          : hopeless(target, "host is dead with no reply in ");
    }
    return !target.replied && target.renewals >= MAX_RENEWALS_WITHOUT_REPLY
        ? hopeless(target, "host renewals " + target.renewals + " with no reply in ")
        : Verdict.OPEN;
  }

  private Verdict judgeByTime(Target target, long now) {
    if (target.repliedSecond < 0) {
      target.repliedSecond = now;
      target.repliedTimestamp = target.timestamp;
      log.debug(
          String.format(
              "resetting begin local %d timestamp %d in ls %s", now, target.timestamp, target));
    }
    long left = NATIVE_SECONDS - (now - target.repliedSecond);
    if (left >= 0) {
      log.debug("native timeout seconds remaining " + left + " in ls " + target);
      return Verdict.OPEN;
    }
    if (target.timestamp - target.repliedTimestamp <= NATIVE_RENEWAL_SECONDS) {
      return gone(target, "native_timeout");
    }
    log.error("watchdog failed to fire in ls " + target);
    log.error(
        String.format(
            "resetting_begin_local %d now %d resetting_begin_timestamp %d timestamp %d"
                + " native_timeout %d native_renewal %d ls %s",
            target.repliedSecond,
            now,
            target.repliedTimestamp,
            target.timestamp,
            NATIVE_SECONDS,
            NATIVE_RENEWAL_SECONDS,
            target));
    return Verdict.STILL_THERE;
  }

  private Verdict gone(Target target, String how) {
    log.plain("reset done by " + how + " in ls " + target);
    return Verdict.GONE;
  }

  private Verdict hopeless(Target target, String why) {
    tellError(target, why + target);
    return Verdict.HOPELESS;
  }

  private void tellError(Target target, String text) {
    if (target.isNews(text)) {
      log.error(text);
    }
  }

  private void tellPlain(Target target, String text) {
    if (target.isNews(text)) {
      log.plain(text);
    }
  }

  /** Stops listening. What was asked for is still sent for a while. */
  void end() {
    boolean answers = true;
    for (Target target : targets) {
      answers = answers && target.subscription.end();
    }
  }
}
