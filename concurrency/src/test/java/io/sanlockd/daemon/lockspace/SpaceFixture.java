package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.watchdog.WatchdogSession;
import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.lease.delta.LockspaceIdentity;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;

/** A lockspace whose clock stands still at second 1. */
final class SpaceFixture {
  private static final LeaseName NAME = LeaseName.of("LS");
  private static final LeaseName HOST = LeaseName.of("host");
  private static final LeaseTimes TIMES = new LeaseTimes(10, 60);
  private static final LockspaceSettings SETTINGS = new LockspaceSettings(HOST, 10, -1, 0, 3);
  private static final LockspaceIdentity IDENTITY =
      new LockspaceIdentity(NAME, 1, HOST, 0, Geometry.S4096_A1M, TIMES);

  /** What the renewal thread publishes once it has the delta lease. */
  static final Membership MEMBERSHIP =
      new Membership(
          IDENTITY,
          1,
          null,
          new HostMonitor(IDENTITY, 60, () -> 1_000_000_000L, LeaseLog.NONE),
          new WriteFence(Cancellation.NEVER),
          0);

  /** A watchdog. */
  static final WatchdogSession GUARDED =
      new WatchdogSession() {
        @Override
        public void activate(long renewalSeconds) {}

        @Override
        public void renewed(long renewalSeconds) {}

        @Override
        public boolean deactivate() {
          return true;
        }

        @Override
        public boolean armed() {
          return false;
        }

        @Override
        public boolean lost() {
          return false;
        }

        @Override
        public void close() {}
      };

  private SpaceFixture() {}

  static Lockspace lockspace() {
    return new Lockspace(
        1,
        new LockspaceSpec(NAME, 1, "/disk", 0),
        TIMES,
        SETTINGS,
        new LatchStopSignal(),
        () -> 1_000_000_000L,
        prefix -> LeaseLog.NONE);
  }
}
