package io.sanlockd.reset;

import io.sanlockd.client.EventFlag;
import io.sanlockd.client.LockspaceUse;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Errno;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.HostEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Listens for requests to reset this machine and obeys (consumers.md 9, wdmd.md 10). Main thread
 * only.
 *
 * <p>An answer is a promise on which another host takes over our leases, so it comes after the
 * deed: the lockspace is marked as used, so that it can not be left cleanly meanwhile; wdmd is told
 * to stop pinging; only then all hosts hear that we are resetting. What could not be done is not
 * promised, and tried again when the event comes again, with every renewal of its sender.
 */
final class ResetDaemon {
  /** Lockspaces that can be watched. */
  static final int LIMIT = 64;

  private static final int NOT_FOUND = -2;

  /** An answer is refused while another event of ours is on its way, for 6 io_timeouts. */
  private static final int MAX_ANSWER_TRIES = 600;

  /**
   * How requests are obeyed.
   *
   * @param reboots by the kernel's sysrq, gives a negative errno when it can not; empty: never
   * @param delaySeconds from the request to the reboot
   * @param resourceMode lockspaces are not marked as used
   */
  record Settings(Optional<IntSupplier> reboots, long delaySeconds, boolean resourceMode) {}

  private final LockManager locks;
  private final Watchdog watchdog;
  private final Settings settings;
  private final LongSupplier seconds;
  private final ProgramLog log;
  private final Watched[] watched = new Watched[LIMIT];
  private boolean firing;

  /** Second of the next reboot, MAX_VALUE for none. */
  private long rebootSecond = Long.MAX_VALUE;

  /**
   * A daemon that watches nothing yet.
   *
   * @param seconds CLOCK_MONOTONIC
   */
  ResetDaemon(
      LockManager locks,
      Watchdog watchdog,
      Settings settings,
      LongSupplier seconds,
      ProgramLog log) {
    this.locks = locks;
    this.watchdog = watchdog;
    this.settings = settings;
    this.seconds = seconds;
    this.log = log;
  }

  /** Listens in a lockspace, anew if it does already. One that is not joined is forgotten. */
  void register(String name) {
    unregister(name);
    int slot = 0;
    while (slot < LIMIT && watched[slot] != null) {
      slot++;
    }
    if (slot == LIMIT) {
      log.error("ignore lockspace_name " + name);
      return;
    }
    int number = NOT_FOUND;
    if (name.length() <= LeaseName.FIELD_LENGTH) {
      Watched lockspace = new Watched(slot, LeaseName.of(name));
      number = lockspace.subscribe();
      if (number == 0) {
        watched[slot] = lockspace;
        log.debug("reg_event " + slot + " ls " + name);
        return;
      }
    }
    log.error("reg_event " + slot + " error " + number + " ls " + name);
  }

  /** Does not listen in a lockspace any more. */
  void unregister(String name) {
    for (Watched lockspace : watched) {
      if (lockspace != null && lockspace.name.text().equals(name)) {
        boolean unused = lockspace.end();
      }
    }
  }

  private void clear() {
    boolean answers = true;
    for (Watched lockspace : watched) {
      if (lockspace != null) {
        // Not to wait for each of them when the daemon does not run.
        answers = answers && lockspace.end();
      }
    }
  }

  /** A datagram came. */
  void update(ByteBuffer datagram) {
    if (datagram.remaining() != UpdateMessage.LENGTH) {
      log.debug("process_update recvfrom error " + datagram.remaining());
      return;
    }
    Optional<UpdateMessage> message = UpdateMessage.decode(datagram);
    if (message.isEmpty()) {
      log.debug("process_update ignore message");
      return;
    }
    String name = message.get().name();
    switch (message.get().command()) {
      case "reg" -> {
        log.debug("process_update reg " + name);
        register(name);
      }
      case "end" -> {
        log.debug("process_update end " + name);
        unregister(name);
      }
      case "clear" -> {
        log.debug("process_update clear " + name);
        clear();
      }
      default -> log.debug("process_update cmd unknown");
    }
  }

  /** Does what is due; to be called every second. */
  void tick() {
    for (Watched lockspace : watched) {
      if (lockspace != null) {
        lockspace.answer();
      }
    }
    if (seconds.getAsLong() >= rebootSecond) {
      log.notice("Rebooting host with sysrq");
      int result = settings.reboots.orElseThrow().getAsInt();
      if (result < 0) {
        log.error("failed to write sysrq-trigger " + result);
      } else {
        log.notice("Reboot from sysrq is expected");
      }
    }
  }

  /** Ends: a reset that was promised still comes. */
  void quit() {
    int count = 0;
    for (Watched lockspace : watched) {
      count += lockspace == null ? 0 : 1;
    }
    log.debug("unregister daemon_quit=1 ls_count=" + count);
    clear();
    if (!firing) {
      watchdog.release();
    }
  }

  private boolean fire() {
    if (firing) {
      return true;
    }
    int result = watchdog.fire();
    if (result < 0) {
      log.error("watchdog_reset_self test_live failed " + result);
      return false;
    }
    firing = true;
    log.notice("Resetting host with watchdog");
    return true;
  }

  /** A lockspace that is listened to. */
  private final class Watched implements LockManager.Listener {
    private final int slot;
    private final LeaseName name;
    private LockManager.Subscription subscription;
    private boolean obeyed;

    /** Our answer while it is not yet on its way, null for none. */
    private HostEvent answer;

    private int tries;

    Watched(int slot, LeaseName name) {
      this.slot = slot;
      this.name = name;
    }

    int subscribe() {
      try {
        subscription = locks.subscribe(name, this);
        return 0;
      } catch (SanlockException e) {
        return e.number();
      }
    }

    boolean end() {
      watched[slot] = null;
      boolean answers = subscription.end();
      log.debug("end_event " + slot + " ls " + name.text());
      return answers;
    }

    @Override
    public void ended(int number) {
      watched[slot] = null;
      log.error("unregister " + slot + " get_event error " + number + " ls " + name.text());
    }

    @Override
    public void event(EventMessage message) {
      if (obeyed) {
        return;
      }
      long bits = message.event().event();
      if ((bits & ResetEvents.REQUESTS) != 0) {
        log.notice(text("request to " + ResetEvents.requests(bits), message));
      }
      if ((bits & ResetEvents.REPLIES) != 0) {
        log.notice(text("notice of " + ResetEvents.replies(bits), message));
      }
      boolean reboot = (bits & ResetEvents.REBOOT) != 0 && settings.reboots.isPresent();
      if ((bits & ResetEvents.REBOOT) != 0 && !reboot) {
        log.error("ignore reboot request sysrq_reboot not enabled");
      }
      boolean reset = (bits & ResetEvents.RESET) != 0;
      if ((reset || reboot) && markUsed()) {
        obey(message, reset, reboot);
      }
    }

    private boolean markUsed() {
      if (settings.resourceMode) {
        return true;
      }
      try {
        locks.setConfig(name, LockspaceUse.USED);
        return true;
      } catch (SanlockException e) {
        log.error("sanlock_set_config error " + e.number() + " ls " + name.text());
        return false;
      }
    }

    private void obey(EventMessage message, boolean reset, boolean reboot) {
      long reply = reset && fire() ? ResetEvents.RESETTING : 0;
      if (reboot) {
        reply |= ResetEvents.REBOOTING;
        rebootSecond = Math.min(rebootSecond, seconds.getAsLong() + settings.delaySeconds);
      }
      if (reply == 0) {
        return;
      }
      obeyed = true;
      answer = new HostEvent(message.fromHostId(), message.fromGeneration(), reply, 0);
      log.notice(
          String.format(
              "set reply %s(%x 0) for host %d %d ls %s",
              ResetEvents.replies(reply),
              reply,
              message.fromHostId(),
              message.fromGeneration(),
              name.text()));
      answer();
    }

    private void answer() {
      if (answer == null) {
        return;
      }
      try {
        locks.setEvent(name, answer, EventFlag.ALL_HOSTS);
        answer = null;
      } catch (SanlockException e) {
        if (tries++ == 0) {
          log.error("set_event error " + e.number() + " ls " + name.text());
        }
        if (e.number() != -Errno.EBUSY || tries > MAX_ANSWER_TRIES) {
          answer = null;
        }
      }
    }

    private String text(String begin, EventMessage message) {
      HostEvent event = message.event();
      return String.format(
          "%s(%x %x) from host %d %d ls %s",
          begin,
          event.event(),
          event.data(),
          message.fromHostId(),
          message.fromGeneration(),
          name.text());
    }
  }
}
