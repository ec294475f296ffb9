package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.MessageHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * SHUTDOWN, SHUTDOWN_WAIT and termination signals (protocol.md 8.4, 8.29; recovery.md 10). A
 * request without force is honoured only when there is no lockspace; a forced one is never taken
 * back.
 */
public final class Shutdown {
  private static final long UNFINISHED_WORK_SECONDS = 60;

  private final Lockspaces lockspaces;
  private final Workers workers;
  private final Clock clock;
  private final LeaseLog log;
  private final List<Request> waiters = new ArrayList<>();
  private boolean requested;
  private boolean forced;
  private long requestedSeconds;

  /** No shutdown yet. */
  public Shutdown(Lockspaces lockspaces, Workers workers, Clock clock, LeaseLog log) {
    this.lockspaces = lockspaces;
    this.workers = workers;
    this.clock = clock;
    this.log = log;
  }

  /** A termination signal arrived, or a client asked. */
  public void request(boolean force) {
    if (force) {
      forced = true;
      lockspaces.shutDown();
    }
    if (!requested) {
      requestedSeconds = clock.seconds();
    }
    requested = true;
  }

  /** Whether the main loop should end now; asked after each supervision pass. */
  public boolean due() {
    if (!requested) {
      return false;
    }
    if (lockspaces.isEmpty()) {
      // Requests without a lockspace, such as the initialisation of an area, end first.
      return workers.idle() || clock.seconds() - requestedSeconds >= UNFINISHED_WORK_SECONDS;
    }
    if (!forced) {
      log.debug("ignore shutdown, lockspace exists");
      requested = false;
      takeWaiters().forEach(waiter -> waiter.reply(ResultCode.EBUSY.number()));
    }
    return false;
  }

  /** An answer lets the next request of that connection in, which may be another one for us. */
  private List<Request> takeWaiters() {
    List<Request> taken = List.copyOf(waiters);
    waiters.clear();
    return taken;
  }

  /** Answers everybody who waits for the end. */
  public void answerWaiters() {
    MessageHeader bare =
        new MessageHeader(MessageHeader.VERSION, 0, 0, MessageHeader.LENGTH, 0, 0, 0);
    takeWaiters().forEach(waiter -> waiter.replyAndClose(bare));
  }

  /** SHUTDOWN: no reply. */
  void shutdown(Request request) {
    boolean force = request.header().data() != 0;
    if (force || lockspaces.isEmpty()) {
      request(force);
    } else {
      log.debug("ignore shutdown, lockspace exists");
    }
    request.closeSilently();
  }

  /** SHUTDOWN_WAIT: the reply comes when the daemon ends. */
  void shutdownWait(Request request) {
    boolean force = request.header().data() != 0;
    if (!force && !lockspaces.isEmpty()) {
      request.reply(ResultCode.EBUSY.number());
      return;
    }
    waiters.add(request);
    request(force);
  }
}
