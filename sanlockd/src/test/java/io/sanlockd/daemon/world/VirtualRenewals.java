package io.sanlockd.daemon.world;

import io.sanlockd.daemon.lockspace.RenewalRuntime;
import io.sanlockd.daemon.lockspace.StopSignal;
import io.sanlockd.lease.Pause;

/** Renewal threads in virtual time. */
public final class VirtualRenewals implements RenewalRuntime {
  private final VirtualTime time;
  private boolean outOfThreads;

  /** No threads yet. */
  public VirtualRenewals(VirtualTime time) {
    this.time = time;
  }

  /** From now on no thread can be started. */
  public void outOfThreads() {
    outOfThreads = true;
  }

  @Override
  public boolean start(String name, Runnable body) {
    if (outOfThreads) {
      return false;
    }
    time.start(name, body);
    return true;
  }

  @Override
  public StopSignal stopSignal() {
    return new StopSignal() {
      private volatile boolean stopped;
      private volatile Runnable waker = () -> {};

      @Override
      public void stop() {
        stopped = true;
        waker.run();
      }

      @Override
      public boolean cancelled() {
        return stopped;
      }

      @Override
      public void sleep(long nanos) {
        if (!stopped) {
          waker = time.waker();
          time.sleep(nanos);
          waker = () -> {};
        }
      }
    };
  }

  @Override
  public Pause pause() {
    return time::sleep;
  }
}
