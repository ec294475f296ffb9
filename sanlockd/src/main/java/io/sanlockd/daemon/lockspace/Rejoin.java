package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.format.LeaderRecord;

/**
 * Knows whether a host_id that is held under our own name may be taken without waiting until a
 * watchdog would have reset its owner (delta-lease.md 12.2). Called by renewal threads.
 */
public interface Rejoin {
  /** Knows nothing: always the full wait. */
  Rejoin NEVER =
      new Rejoin() {
        @Override
        public boolean allowed(LockspaceSpec spec, LeaderRecord held) {
          return false;
        }

        @Override
        public void joined(LockspaceSpec spec, long generation) {}

        @Override
        public void left(LockspaceSpec spec) {}
      };

  /** Whether no process that used this generation of our host_id can still run. */
  boolean allowed(LockspaceSpec spec, LeaderRecord held);

  /** The host_id is ours in this generation; nobody uses it yet. */
  void joined(LockspaceSpec spec, long generation);

  /** Nobody uses it any more. */
  void left(LockspaceSpec spec);
}
