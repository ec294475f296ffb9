package io.sanlockd.daemon.client;

import io.sanlockd.posix.PosixException;
import java.util.Optional;

/** The processes of this host. */
@FunctionalInterface
public interface ProcessTable {
  /**
   * Takes hold of a process.
   *
   * @return empty when there is none with this number
   * @throws PosixException when it can not be taken hold of, though it may well exist
   */
  Optional<PeerProcess> find(int pid) throws PosixException;
}
