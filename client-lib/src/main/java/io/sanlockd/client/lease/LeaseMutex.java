package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs work under a lease: on all hosts together at most one piece at a time. Threads of this
 * process queue here first, in the order of their coming, so that only one of them asks the disk.
 * Not reentrant: work that calls the mutex again is refused.
 */
public final class LeaseMutex {
  private final LeaseRequest request;
  private final ReentrantLock local = new ReentrantLock(true);

  /**
   * Work under a lease.
   *
   * @param <T> what it gives
   * @param <X> what it throws
   */
  @FunctionalInterface
  public interface Work<T, X extends Exception> {
    /**
     * Does it. Long work asks now and then whether the lease is held, and hands its token to what
     * it writes to.
     */
    T run(Lease lease) throws X;
  }

  /**
   * A mutex on a lease.
   *
   * @param request how to take it; its time to wait begins anew for each piece of work, once for
   *     the queue in this process and once for the lease
   */
  public LeaseMutex(LeaseRequest request) {
    this.request = request;
  }

  /**
   * Takes the lease, does the work and gives the lease back.
   *
   * @param <T> what the work gives
   * @param <X> what the work throws
   * @return what the work gave, done from beginning to end while the lease was held
   * @throws X what the work threw
   * @throws SanlockException when the lease could not be had; the work was not begun
   * @throws LeaseLostException when the lease was lost before the work ended: another host may have
   *     begun, what was done must be checked
   * @throws InterruptedException while waiting for the lease; the work was not begun
   * @throws IllegalStateException when this thread is already inside
   */
  public <T, X extends Exception> T call(Work<T, X> work)
      throws X, SanlockException, LeaseLostException, InterruptedException {
    if (local.isHeldByCurrentThread()) {
      throw new IllegalStateException("this thread already holds the mutex");
    }
    if (!local.tryLock(request.waitNanos(), TimeUnit.NANOSECONDS)) {
      throw new LeaseUnavailableException(request.resource());
    }
    try (Lease lease = request.acquire()) {
      T result = work.run(lease);
      lease.ensureHeld();
      return result;
    } finally {
      local.unlock();
    }
  }
}
