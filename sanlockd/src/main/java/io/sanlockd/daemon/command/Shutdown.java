package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * SHUTDOWN, SHUTDOWN_WAIT and termination signals (protocol.md 8.4, 8.29; recovery.md 10). A
 * request without force is honoured only when there is no lockspace; a forced one is never taken
 * back.
 */
public final class Shutdown {
  private final Lockspaces lockspaces;
  private final LeaseLog log;
  private final List<Request> waiters = new ArrayList<>();
  private boolean requested;
  private boolean forced;

  /** No shutdown yet. */
  public Shutdown(Lockspaces lockspaces, LeaseLog log) {
    this.lockspaces = lockspaces;
    this.log = log;
  }

  /** A termination signal arrived, or a client asked. */
  public void request(boolean force) {
    if (force) {
      forced = true;
      lockspaces.shutDown();
    }
    requested = true;
  }

  /** Whether the main loop should end now; asked after each supervision pass. */
  public boolean due() {
    if (!requested) {
      return false;
    }
    if (lockspaces.isEmpty()) {
      return true;
    }
    if (!forced) {
      log.debug("ignore shutdown, lockspace exists");
      requested = false;
      waiters.forEach(waiter -> waiter.reply(ResultCode.EBUSY.number()));
      waiters.clear();
    }
    return false;
  }

  /** Answers everybody who waits for the end. */
  public void answerWaiters() {
    MessageHeader bare =
        new MessageHeader(MessageHeader.VERSION, 0, 0, MessageHeader.LENGTH, 0, 0, 0);
    waiters.forEach(waiter -> waiter.replyAndClose(bare, ByteBuffer.allocate(0)));
    waiters.clear();
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
