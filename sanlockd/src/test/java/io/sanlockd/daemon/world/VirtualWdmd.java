package io.sanlockd.daemon.world;

import io.sanlockd.daemon.watchdog.WatchdogConnection;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.client.WdmdStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * The watchdog daemon of one machine and its device under virtual time (wdmd.md 5, 6): it tests its
 * clients, pets the device, closes it before the first expiry, and the machine is reset when the
 * last ping is too old.
 */
public final class VirtualWdmd implements WatchdogConnection.Connector {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int REPLY_SECONDS = 5;

  /** How it behaves. */
  public enum Fault {
    /** As it should. */
    NONE,
    /** Nobody listens. */
    NOT_RUNNING,
    /** It answers, but never opens its device. */
    NEVER_OPENS,
    /** It is stopped: no answer comes, and no message fits its socket. */
    HANGS
  }

  private final VirtualTime time;
  private final int interval;
  private final int fireTimeout;
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> messages = new ArrayList<>();
  private Fault fault = Fault.NONE;
  private boolean dead;
  private boolean open;
  private boolean armed;
  private long lastPing;
  private long lastTest;
  private boolean recovering;
  private long resetSeconds;
  private Runnable atMessage = () -> {};

  /** What it knows of a connection. */
  private static final class Entry {
    private String name = "";
    private boolean refcount;
    private long expire;
    private boolean closed;
  }

  /** It runs, its device is open, and it has petted it once. */
  public VirtualWdmd(VirtualTime time, int interval, int fireTimeout) {
    this.time = time;
    this.interval = interval;
    this.fireTimeout = fireTimeout;
    openDevice();
    tick();
  }

  /** From now on. */
  public void fault(Fault newFault) {
    fault = newFault;
    if (newFault == Fault.NEVER_OPENS) {
      open = false;
      armed = false;
      lastPing = 0;
    }
  }

  /** It ends suddenly; the kernel pings the device for the last time. */
  public void die() {
    dead = true;
    open = false;
    ping();
  }

  /** Something happens at the moment of the next message that sets an expiry. */
  public void atNextPromise(Runnable action) {
    atMessage = action;
  }

  /** The messages it got: command and values. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  /** Whether it would still keep the machine alive for the sake of nobody. */
  public boolean idle() {
    return entries.stream().noneMatch(e -> e.expire != 0 || (e.refcount && !e.closed));
  }

  /** Connections that are open. */
  public long connections() {
    return entries.stream().filter(e -> !e.closed).count();
  }

  /** When the machine was reset, 0 = never. */
  public long resetSeconds() {
    return resetSeconds;
  }

  private void openDevice() {
    open = true;
    armed = true;
    ping();
  }

  private void ping() {
    lastPing = time.seconds();
  }

  private void tick() {
    long now = time.seconds();
    if (armed && resetSeconds == 0 && now - lastPing >= fireTimeout) {
      resetSeconds = now;
    }
    boolean asleep = dead || fault == Fault.NEVER_OPENS || fault == Fault.HANGS;
    if (!asleep && now - lastTest >= (recovering ? 1 : interval)) {
      test(now);
    }
    time.later(SECOND_NANOS, this::tick);
  }

  private void test(long now) {
    lastTest = now;
    recovering = entries.stream().anyMatch(e -> e.expire != 0 && now >= e.expire - interval);
    if (!recovering) {
      openDevice();
    } else if (open) {
      open = false;
      ping();
    }
  }

  @Override
  public WatchdogConnection connect() throws LeaseException {
    if (dead || fault == Fault.NOT_RUNNING) {
      throw new LeaseException(ResultCode.WD_ERROR, "nobody listens");
    }
    Entry entry = new Entry();
    entries.add(entry);
    return new Connection(entry);
  }

  private final class Connection implements WatchdogConnection {
    private final Entry entry;
    private boolean deactivated;

    Connection(Entry entry) {
      this.entry = entry;
    }

    private int send(String message) {
      if (entry.closed) {
        return -Errno.EBADF;
      }
      if (dead) {
        return -Errno.EPIPE;
      }
      if (fault == Fault.HANGS) {
        return -Errno.EAGAIN;
      }
      messages.add(message);
      return 0;
    }

    private void request(String message) throws LeaseException {
      int result = send(message);
      if (result < 0) {
        throw new LeaseException(ResultCode.WD_ERROR, message + ": " + Errno.name(-result));
      }
    }

    private WdmdStatus answer() throws LeaseException {
      if (fault == Fault.HANGS) {
        time.sleep(REPLY_SECONDS * SECOND_NANOS);
        throw new LeaseException(ResultCode.WD_ERROR, "no answer");
      }
      return new WdmdStatus(interval, fireTimeout, lastPing);
    }

    @Override
    public WdmdStatus open(int fireTimeoutSeconds) throws LeaseException {
      request("open " + fireTimeoutSeconds);
      return answer();
    }

    @Override
    public void register(String name) throws LeaseException {
      request("register " + name);
      entry.name = name;
    }

    @Override
    public void setRefcount() throws LeaseException {
      request("refcount");
      entry.refcount = true;
    }

    @Override
    public WdmdStatus status() throws LeaseException {
      request("status");
      return answer();
    }

    @Override
    public int testLive(long renewalSeconds, long expireSeconds) {
      Runnable action = atMessage;
      atMessage = () -> {};
      action.run();
      if (deactivated) {
        return -Errno.ESHUTDOWN;
      }
      int result = send("live " + renewalSeconds + " " + expireSeconds);
      if (result == 0) {
        entry.expire = expireSeconds;
      }
      return result;
    }

    @Override
    public int deactivate() {
      deactivated = true;
      int result = send("off " + entry.name);
      if (result == 0) {
        entry.expire = 0;
        entry.refcount = false;
      }
      return result;
    }

    @Override
    public boolean peerGone() {
      return dead || entry.closed;
    }

    @Override
    public void close() {
      entry.closed = true;
    }
  }
}
