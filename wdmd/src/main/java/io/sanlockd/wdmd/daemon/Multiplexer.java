package io.sanlockd.wdmd.daemon;

import io.sanlockd.wdmd.daemon.DeviceKeeper.Decision;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.util.Optional;

/**
 * All decisions of the daemon: who may rely on the watchdog, whether everybody is alive, what
 * happens to the device (wdmd.md 3, 5, 6, 11). A duty cycle without a thread of its own: whoever
 * calls {@link #doWork} and hands over the messages drives it, on one thread.
 *
 * <p>A test cycle begins every test interval. It starts the scripts, and as soon as all have passed
 * it looks at the clients once more and pings in the same breath. Whatever fails is acted upon at
 * once. While scripts are awaited or something has failed the clients are looked at every second.
 */
final class Multiplexer {
  /** What becomes of a connection after a message. */
  enum Reply {
    NONE,

    /** Send the message back, which now holds the answer. */
    MESSAGE,

    /** Send {@link #dump}. */
    DUMP,

    /** Close the connection. */
    CLOSE
  }

  private static final long SECOND = MachineClock.SECOND_NANOS;
  private static final long RECOVERY_INTERVAL = 1;
  private static final int IDLE_MILLIS = 60_000;
  private static final long NANOS_PER_MILLI = SECOND / 1000;

  private final Clients clients = new Clients();
  private final DumpFacts.Settings settings;
  private final DeviceKeeper keeper;
  private final ScriptTests scripts;
  private final MachineClock clock;
  private final WdmdLog log;
  private boolean recovering;
  private boolean awaitingScripts;
  private long cycleNanos;
  private long lastLookNanos;
  private boolean quitting;

  Multiplexer(
      DumpFacts.Settings settings,
      DeviceKeeper keeper,
      ScriptTests scripts,
      MachineClock clock,
      WdmdLog log) {
    this.settings = settings;
    this.keeper = keeper;
    this.scripts = scripts;
    this.clock = clock;
    this.log = log;
  }

  /** Whether the daemon may end: the device is stopped, nobody relies on it. */
  boolean quitting() {
    return quitting;
  }

  /** A new connection; empty if there are too many. */
  Optional<Client> connected(int fd) {
    Optional<Client> client = clients.add(fd);
    if (client.isEmpty()) {
      log.log("too many clients, limit " + Clients.LIMIT);
    }
    return client;
  }

  /** The connection ended. A promise that was made stays. */
  void disconnected(Client client) {
    if (client.expire == 0) {
      clients.remove(client);
      return;
    }
    client.dead = true;
    log.log(
        String.format(
            "client dead ci %d fd %d pid %d renewal %d expire %d %s",
            client.index, client.fd, client.pid, client.renewal, client.expire, client.name));
  }

  /**
   * Carries out a message.
   *
   * @param peerPid process at the other end
   */
  Reply message(Client client, WdmdMessage message, int peerPid) {
    if (quitting) {
      // It would arm the device again, and nobody would ping it.
      return Reply.CLOSE;
    }
    switch (message.command()) {
      case REGISTER -> {
        client.name = message.name();
        client.pid = peerPid;
      }
      case REFCOUNT_SET -> client.refcount = mayRely(client);
      case REFCOUNT_CLEAR -> client.refcount = false;
      case TEST_LIVE -> {
        return testLive(client, message);
      }
      case STATUS -> {
        message.testIntervalSeconds(keeper.testInterval());
        message.fireTimeoutSeconds(client.refused ? 0 : keeper.fireTimeout());
        message.lastKeepalive(keeper.lastKeepalive());
        return Reply.MESSAGE;
      }
      case OPEN_WATCHDOG -> {
        open(client, message);
        return Reply.MESSAGE;
      }
      case DUMP_DEBUG -> {
        client.name = "dump";
        return Reply.DUMP;
      }
      default -> {
        // Ignored, so that newer clients can try and see.
      }
    }
    return Reply.NONE;
  }

  private Reply testLive(Client client, WdmdMessage message) {
    long expire = message.expireTime();
    if (expire != 0 && !mayRely(client)) {
      // It did not ask and so does not know that nothing protects it.
      return Reply.CLOSE;
    }
    client.renewal = message.renewalTime();
    // Unsigned on the wire: beyond 2^63 is beyond every clock.
    client.expire = expire < 0 ? Long.MAX_VALUE : expire;
    return Reply.NONE;
  }

  private void open(Client client, WdmdMessage message) {
    int wanted = message.fireTimeoutSeconds();
    int inUse = wanted > 0 ? start(wanted) : keeper.testing() ? keeper.fireTimeout() : 0;
    client.wantedTimeout = Math.max(0, wanted);
    client.served = inUse > 0;
    client.refused &= !client.served;
    message.fireTimeoutSeconds(inUse);
  }

  /**
   * Whether the client may rely on the watchdog. A client of generation A never asks for it to be
   * opened and takes the 60 seconds of that generation for granted, so its first need counts as
   * that request. One whose request failed gets another chance here.
   */
  private boolean mayRely(Client client) {
    if (client.served || client.refused) {
      return client.served;
    }
    int needed =
        client.wantedTimeout > 0 ? client.wantedTimeout : DeviceKeeper.DEFAULT_FIRE_TIMEOUT;
    int inUse = start(needed);
    client.served = inUse == needed;
    client.refused = !client.served;
    if (client.refused) {
      log.log(
          String.format(
              "client %d %s refused: needs fire_timeout %d, in use %d",
              client.pid, client.name, needed, inUse));
    }
    return client.served;
  }

  private int start(int wanted) {
    boolean before = keeper.testing();
    int inUse = keeper.start(wanted);
    if (!before && keeper.testing()) {
      recovering = false;
      awaitingScripts = false;
      cycleNanos = clock.nanos();
      lastLookNanos = cycleNanos;
    }
    return inUse;
  }

  /**
   * Asked to end. Done only if nobody relies on the watchdog and it can be stopped; otherwise the
   * request is logged and forgotten.
   */
  void quit() {
    if (clients.inUse()) {
      log.log("not stopping: clients rely on the watchdog");
    } else if (recovering) {
      log.log("not stopping: tests fail, the watchdog counts");
    } else if (keeper.testing() && !keeper.stop()) {
      log.log("not stopping: the watchdog would reset the machine");
    } else {
      quitting = true;
    }
  }

  /** Asked to look for new scripts. */
  void rescanScripts() {
    scripts.rescan();
  }

  /**
   * Does what is due; never waits.
   *
   * @return milliseconds until it is to be called again if nothing else happens, at least 0
   */
  int doWork() {
    if (!keeper.testing()) {
      return IDLE_MILLIS;
    }
    if (clients.isEmpty() && !recovering && keeper.stop()) {
      log.log("close watchdog unused");
      return IDLE_MILLIS;
    }
    long now = clock.nanos();
    if (awaitingScripts) {
      if (scripts.settled(now) || now - lastLookNanos >= SECOND) {
        test(now);
      }
    } else if (now >= dueNanos()) {
      cycleNanos = now;
      scripts.begin(now, keeper.testInterval());
      test(now);
    }
    return millisUntilNext();
  }

  private void test(long now) {
    lastLookNanos = now;
    Decision decision = new Decision(now, clients.earliestExpiry());
    int failures = testClients(now / SECOND) + scripts.failures(now);
    if (failures > 0) {
      awaitingScripts = false;
      recovering = true;
      keeper.letFire(decision);
    } else if (scripts.settled(now)) {
      awaitingScripts = false;
      recovering = !keeper.keepAlive(decision);
    } else {
      awaitingScripts = true;
    }
  }

  private int testClients(long now) {
    int[] failures = new int[1];
    clients.forEach(
        client -> {
          if (client.expire != 0 && now >= client.expire - keeper.testInterval()) {
            failures[0]++;
            report(client, now);
          }
        });
    return failures[0];
  }

  private void report(Client client, long now) {
    String what =
        now >= client.expire ? "test failed rem " + keeper.remaining(now) : "test warning";
    log.log(
        String.format(
            "%s now %d ping %d close %d renewal %d expire %d client %d %s",
            what,
            now,
            keeper.lastKeepalive(),
            keeper.lastCloseUnclean(),
            client.renewal,
            client.expire,
            client.pid,
            client.name));
  }

  /**
   * Beginning of the next cycle. Halfway through the last test interval before an expiry at the
   * latest: the unclean close pings and has to come before the expiry, even if a pause delays it. A
   * renewal that is a moment late still comes before that.
   */
  private long dueNanos() {
    if (recovering) {
      return cycleNanos + RECOVERY_INTERVAL * SECOND;
    }
    long due = cycleNanos + keeper.testInterval() * SECOND;
    long earliest = clients.earliestExpiry();
    long margin = Math.max(SECOND, keeper.testInterval() * SECOND / 2);
    long lastChance = Math.min(earliest, Long.MAX_VALUE / SECOND) * SECOND - margin;
    return lastChance > cycleNanos ? Math.min(due, lastChance) : due;
  }

  private int millisUntilNext() {
    long next = awaitingScripts ? lastLookNanos + SECOND : dueNanos();
    long millis = (next - clock.nanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    return (int) Math.max(0, Math.min(millis, IDLE_MILLIS));
  }

  /**
   * The state as text, one line each (wdmd.md 7).
   *
   * @param signalFd descriptor shown for the signals
   * @param listenFd descriptor of the listener
   */
  String dump(int signalFd, int listenFd) {
    DumpFacts facts = new DumpFacts(settings, signalFd, listenFd);
    return new DumpText(facts, keeper, scripts, clients, clock.seconds()).toString();
  }
}
