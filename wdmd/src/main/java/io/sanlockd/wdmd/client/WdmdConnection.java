package io.sanlockd.wdmd.client;

import io.sanlockd.model.Check;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.Poll;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import io.sanlockd.wdmd.client.WdmdException.Reason;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One connection to wdmd: as long as it promises a time in the future, the machine is kept alive;
 * when it promises nothing new, the machine is reset (wdmd.md 4).
 *
 * <p><b>Closing is dangerous.</b> The end of a connection, also by the death of this process, is
 * fatal by design after a {@link #testLive} that was not followed by {@link #deactivate}: nothing
 * can take the promise back and its expiry resets the machine. Order of a goodbye: {@link
 * #deactivate}, then {@link #close}.
 *
 * <p><b>Threads.</b> {@link #testLive}, {@link #deactivate} and {@link #peerClosed} may be called
 * from any thread at any time. They share one lock that is never held across a wait, only across
 * one or two non-blocking system calls, so neither the main loop nor a renewal thread waits for the
 * other. Whatever the interleaving, nothing is promised any more once {@link #deactivate} was
 * called: a renewal that comes later gets -ESHUTDOWN. The calls that wait for a reply ({@link
 * #greet}, {@link #status}) and {@link #close} exclude each other by a second lock and belong to
 * the thread that owns the connection.
 *
 * <p>Requests without a reply give 0 or a negative errno: -EPIPE wdmd is gone, -EAGAIN its socket
 * is full (it does not run), -EBADF this object is closed. 0 means that the message lies in the
 * socket, not that wdmd has read it.
 */
public final class WdmdConnection implements AutoCloseable {
  /** Where wdmd listens. */
  public static final Path DEFAULT_SOCKET = Path.of("/run/wdmd/wdmd.sock");

  private static final int PEER_GONE = Poll.HUP | Poll.ERR | Poll.NVAL | Poll.RDHUP;
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Object replyLock = new Object();
  private final WdmdMessage reply = WdmdMessage.allocate();

  /** Guards the five below and the descriptor against being closed during a call. */
  private final Object sendLock = new Object();

  private final WdmdMessage request = WdmdMessage.allocate();
  private int fd;
  private boolean deactivated;

  /** The promise was taken back, but the rest of {@link #deactivate} did not fit behind it. */
  private boolean withdrawn;

  /** A request went out in part: whatever follows would be read as its rest. */
  private boolean outOfStep;

  /** A reply may still come that nobody waits for any more. Guarded by replyLock. */
  private boolean replyPending;

  private WdmdConnection(int fd) {
    this.fd = fd;
  }

  /**
   * Connects to wdmd.
   *
   * @param socket its socket, usually {@link #DEFAULT_SOCKET}
   * @param limit longest wait; matters only when wdmd does not accept
   * @throws WdmdException {@link Reason#NOT_REACHABLE}
   */
  public static WdmdConnection connect(Path socket, Duration limit) throws WdmdException {
    try {
      return new WdmdConnection(UnixSockets.connect(socket.toString(), limit.toNanos()));
    } catch (PosixException e) {
      String message = "wdmd is not reachable, is it running? " + e.getMessage();
      throw new WdmdException(Reason.NOT_REACHABLE, e.errno(), message, e);
    }
  }

  /** The descriptor, to watch it for {@link #peerClosed}; -1 when closed. */
  public int fd() {
    synchronized (sendLock) {
      return fd;
    }
  }

  /**
   * Asks wdmd to open the watchdog device with a fire timeout and finds out who answers. The first
   * message of a connection: a wdmd of generation B does not open its device without it.
   *
   * @param fireTimeoutSeconds wanted, at least 1
   * @param limit longest wait for everything
   * @throws WdmdException every reason but NOT_REACHABLE
   */
  public WdmdGreeting greet(int fireTimeoutSeconds, Duration limit) throws WdmdException {
    Check.argument(fireTimeoutSeconds > 0, "fire timeout " + fireTimeoutSeconds);
    synchronized (replyLock) {
      long deadlineNanos = beginQuestion("OPEN_WATCHDOG", limit);
      ask("OPEN_WATCHDOG", sendOpen(fireTimeoutSeconds));
      ask("STATUS", send(WdmdCommand.STATUS));
      receive("OPEN_WATCHDOG", deadlineNanos);
      if (reply.command() == WdmdCommand.STATUS) {
        replyPending = false;
        WdmdStatus status = readStatus();
        return new WdmdGreeting(WdmdGreeting.Generation.A, status.fireTimeoutSeconds(), status);
      }
      expect(WdmdCommand.OPEN_WATCHDOG);
      int opened = reply.fireTimeoutSeconds();
      receive("STATUS", deadlineNanos);
      expect(WdmdCommand.STATUS);
      replyPending = false;
      return new WdmdGreeting(WdmdGreeting.Generation.B, opened, readStatus());
    }
  }

  /**
   * Asks how wdmd is.
   *
   * @param limit longest wait
   * @throws WdmdException every reason but NOT_REACHABLE
   */
  public WdmdStatus status(Duration limit) throws WdmdException {
    synchronized (replyLock) {
      long deadlineNanos = beginQuestion("STATUS", limit);
      ask("STATUS", send(WdmdCommand.STATUS));
      receive("STATUS", deadlineNanos);
      expect(WdmdCommand.STATUS);
      replyPending = false;
      return readStatus();
    }
  }

  /**
   * Gives the connection its name.
   *
   * @param name one byte for each char, cut to 127
   * @return 0 or a negative errno
   */
  public int register(String name) {
    synchronized (sendLock) {
      request.begin(WdmdCommand.REGISTER);
      request.name(name);
      return sendRequest();
    }
  }

  /** wdmd must not end from now on. 0 or a negative errno. */
  public int refcountSet() {
    return send(WdmdCommand.REFCOUNT_SET);
  }

  /** wdmd may end, as far as we are concerned. 0 or a negative errno. */
  public int refcountClear() {
    return send(WdmdCommand.REFCOUNT_CLEAR);
  }

  /**
   * Promises to be alive until a time. Never waits and allocates nothing.
   *
   * @param renewal CLOCK_MONOTONIC second on which the promise rests
   * @param expire CLOCK_MONOTONIC second from which on the machine must not be kept alive, above 0
   * @return 0 or a negative errno; -ESHUTDOWN after {@link #deactivate}: nothing was sent
   */
  public int testLive(long renewal, long expire) {
    if (expire <= 0) {
      return -Errno.EINVAL;
    }
    synchronized (sendLock) {
      return deactivated ? -Errno.ESHUTDOWN : sendTestLive(renewal, expire);
    }
  }

  /**
   * Takes the promise back (TEST_LIVE 0 0) and the refcount with it; no {@link #testLive} succeeds
   * any more, whether this does or not. Never waits. May be called again when it failed.
   *
   * @return 0 or a negative errno
   */
  public int deactivate() {
    synchronized (sendLock) {
      deactivated = true;
      int result = withdrawn ? 0 : sendTestLive(0, 0);
      if (result < 0) {
        return result;
      }
      request.begin(WdmdCommand.REFCOUNT_CLEAR);
      result = sendRequest();
      withdrawn = result == -Errno.EAGAIN;
      return result;
    }
  }

  /** Whether wdmd is gone or has closed the connection. Never waits; true when closed here. */
  public boolean peerClosed() {
    synchronized (sendLock) {
      int ready = fd < 0 ? Poll.HUP : Poll.once(fd, Poll.RDHUP, 0);
      return ready < 0 || (ready & PEER_GONE) != 0;
    }
  }

  /** Ends the connection; see the warning above. Waits for a question being asked to be over. */
  @Override
  public void close() {
    synchronized (replyLock) {
      synchronized (sendLock) {
        if (fd >= 0) {
          Fd.close(fd);
          fd = -1;
        }
      }
    }
  }

  private int send(WdmdCommand command) {
    synchronized (sendLock) {
      request.begin(command);
      return sendRequest();
    }
  }

  private int sendOpen(int fireTimeoutSeconds) {
    synchronized (sendLock) {
      request.begin(WdmdCommand.OPEN_WATCHDOG);
      request.fireTimeoutSeconds(fireTimeoutSeconds);
      return sendRequest();
    }
  }

  private int sendTestLive(long renewal, long expire) {
    request.begin(WdmdCommand.TEST_LIVE);
    request.renewalTime(renewal);
    request.expireTime(expire);
    return sendRequest();
  }

  /** The kernel takes a message of this size whole or not at all; to rely on it is not needed. */
  private int sendRequest() {
    if (fd < 0) {
      return -Errno.EBADF;
    }
    if (outOfStep) {
      return -Errno.EPROTO;
    }
    int sent = Fd.send(fd, request.buffer());
    if (sent < 0) {
      return sent;
    }
    outOfStep = sent != WdmdMessage.BYTES;
    return outOfStep ? -Errno.EPROTO : 0;
  }

  private long beginQuestion(String what, Duration limit) throws WdmdException {
    if (replyPending) {
      throw new WdmdException(
          Reason.BAD_REPLY,
          Errno.EPROTO,
          "wdmd " + what + ": an earlier question is still unanswered, connect again");
    }
    return MonotonicClock.nanos() + limit.toNanos();
  }

  private void ask(String what, int result) throws WdmdException {
    if (result < 0) {
      throw WdmdException.send(what, -result);
    }
    replyPending = true;
  }

  private void receive(String what, long deadlineNanos) throws WdmdException {
    // Only close() changes it, which waits for replyLock.
    int socket = fd();
    ByteBuffer bytes = reply.buffer().clear();
    while (bytes.hasRemaining()) {
      int count = Fd.read(socket, bytes);
      if (count == 0 || count == -Errno.ECONNRESET) {
        String message = "wdmd closed the connection instead of answering " + what;
        throw new WdmdException(Reason.CLOSED, Errno.ECONNRESET, message);
      }
      if (count == -Errno.EAGAIN) {
        awaitInput(what, socket, deadlineNanos);
      } else if (count < 0) {
        String message = "wdmd " + what + ": read: " + Errno.text(-count);
        throw new WdmdException(Reason.BAD_REPLY, -count, message);
      }
    }
  }

  private static void awaitInput(String what, int socket, long deadlineNanos) throws WdmdException {
    long leftNanos = deadlineNanos - MonotonicClock.nanos();
    long leftMillis = (leftNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    if (leftMillis > 0) {
      // What comes of it is seen by the read that follows.
      int unused =
          Poll.once(socket, Poll.IN, (int) Math.min(leftMillis, TimeUnit.DAYS.toMillis(1)));
      return;
    }
    String message = "wdmd does not answer " + what + " in time, does it run?";
    throw new WdmdException(Reason.TIMED_OUT, Errno.ETIMEDOUT, message);
  }

  private void expect(WdmdCommand command) throws WdmdException {
    if (reply.command() != command) {
      String message = "wdmd answers " + reply.command() + " to " + command;
      throw new WdmdException(Reason.BAD_REPLY, Errno.EPROTO, message);
    }
  }

  private WdmdStatus readStatus() {
    return new WdmdStatus(
        reply.testIntervalSeconds(), reply.fireTimeoutSeconds(), reply.lastKeepalive());
  }
}
