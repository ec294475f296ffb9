package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.Check;
import io.sanlockd.posix.AioSlot;
import io.sanlockd.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits for I/Os that outlived their time limit, on a thread of its own that exists only while
 * there are any. Holds the strong references that keep buffer and control block alive until the
 * kernel has let go of them. Thread-safe.
 */
final class LateIoReaper {
  private static final long POLL_MILLIS = 10;

  private final LeaseLog log;
  private final List<Late> outstanding = new ArrayList<>();
  private boolean running;

  /** Written while {@link #outstanding} is locked. */
  private volatile long watched;

  private volatile int late;

  LateIoReaper(LeaseLog log) {
    this.log = log;
  }

  /** How many I/Os have outlived their time limit. Takes no lock. */
  long watched() {
    return watched;
  }

  /** How many of them are still in flight. Takes no lock. */
  int late() {
    return late;
  }

  LateIo watch(DirectLeaseDisk.Transfer transfer) {
    Late added = new Late(transfer);
    synchronized (outstanding) {
      outstanding.add(added);
      watched++;
      late = outstanding.size();
      if (!running) {
        Thread thread = new Thread(this::run, "late-io");
        thread.setDaemon(true);
        thread.start();
        running = true;
      }
    }
    return added;
  }

  private void run() {
    while (true) {
      List<Late> round;
      synchronized (outstanding) {
        if (outstanding.isEmpty()) {
          running = false;
          return;
        }
        round = List.copyOf(outstanding);
      }
      for (Late each : round) {
        if (each.poll()) {
          synchronized (outstanding) {
            outstanding.remove(each);
            late = outstanding.size();
          }
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        // Nobody may stop us while the kernel owns buffers of ours.
        log.error("late-io thread was interrupted, going on");
      }
    }
  }

  private final class Late implements LateIo {
    private final DirectLeaseDisk.Transfer transfer;
    private boolean complained;
    private boolean done;
    private boolean forgotten;
    private boolean claimed;
    private long transferred;

    Late(DirectLeaseDisk.Transfer transfer) {
      this.transfer = transfer;
    }

    /** Looks once; true when the I/O has ended. */
    boolean poll() {
      long result;
      try {
        result = transfer.slot().await(0);
      } catch (PosixException e) {
        // The I/O is still in flight: keep everything and ask again.
        if (!complained) {
          complained = true;
          log.error("late " + transfer + ": " + e.getMessage());
        }
        return false;
      }
      if (result == AioSlot.PENDING) {
        return false;
      }
      log.debug("late " + transfer + " ended with " + result);
      synchronized (this) {
        done = true;
        transferred = result;
        if (forgotten || transfer.isWrite()) {
          recycle();
        }
        notifyAll();
      }
      transfer.settle();
      return true;
    }

    @Override
    public synchronized LeaseBuffer awaitRead(long timeoutNanos) throws LeaseException {
      Check.state(!transfer.isWrite() && !claimed, "not a read that can be claimed");
      long deadline = System.nanoTime() + timeoutNanos;
      while (!done) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
          throw new IoTimeoutException(transfer + " is still in flight", this);
        }
        try {
          wait(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IoTimeoutException(transfer + " wait was interrupted", this);
        }
      }
      try {
        transfer.check(transferred);
      } catch (LeaseException e) {
        recycle();
        throw e;
      }
      claimed = true;
      return transfer.buffer();
    }

    @Override
    public synchronized void forget() {
      forgotten = true;
      if (done && !transfer.isWrite()) {
        recycle();
      }
    }

    private void recycle() {
      if (!claimed) {
        claimed = true;
        transfer.buffer().close();
      }
    }
  }
}
