package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.LockspaceSpec;
import java.util.function.Consumer;

/**
 * Writes down who may use leases before he may, for a daemon that is started after this one died.
 * Main loop only, where the answers arrive, too: true, or false when nobody would know.
 */
public interface UseRecord {
  /** Writes nothing. */
  UseRecord NONE =
      new UseRecord() {
        @Override
        public void client(int pid, Consumer<Boolean> then) {
          then.accept(true);
        }

        @Override
        public void lockspace(LockspaceSpec spec, Consumer<Boolean> then) {
          then.accept(true);
        }
      };

  /** A process wants to register. */
  void client(int pid, Consumer<Boolean> then);

  /** Somebody who did not register wants to use a lockspace. */
  void lockspace(LockspaceSpec spec, Consumer<Boolean> then);
}
