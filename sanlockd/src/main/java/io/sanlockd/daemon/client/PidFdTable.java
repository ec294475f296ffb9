package io.sanlockd.daemon.client;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PidFd;
import io.sanlockd.posix.PosixException;
import java.util.Optional;

/** Takes hold of processes by process descriptors. */
public final class PidFdTable implements ProcessTable {
  @Override
  public Optional<PeerProcess> find(int pid) throws PosixException {
    try {
      return Optional.of(new Held(PidFd.open(pid)));
    } catch (PosixException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private record Held(PidFd descriptor) implements PeerProcess {
    @Override
    public boolean exited() throws PosixException {
      return descriptor.exited();
    }

    @Override
    public int signal(int number) {
      return descriptor.signal(number);
    }

    @Override
    public void close() {
      descriptor.close();
    }
  }
}
