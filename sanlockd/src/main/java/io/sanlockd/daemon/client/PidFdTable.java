package io.sanlockd.daemon.client;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PidFd;
import io.sanlockd.posix.PosixException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Takes hold of processes by process descriptors. Connections of one process share its descriptor,
 * so that a program with thousands of them costs one. Main loop only.
 */
public final class PidFdTable implements ProcessTable {
  private final BooleanSupplier room;
  private final Map<Integer, Shared> newest = new HashMap<>();
  private int count;

  /**
   * Holds nothing.
   *
   * @param room whether another descriptor may be opened for a client
   */
  public PidFdTable(BooleanSupplier room) {
    this.room = room;
  }

  @Override
  public Optional<PeerProcess> find(int pid) throws PosixException {
    Shared known = newest.get(pid);
    // While it lives nobody else can have its number.
    if (known != null && !known.descriptor.exited()) {
      return Optional.of(known.hold());
    }
    if (!room.getAsBoolean()) {
      throw new PosixException("pidfd_open", "pid " + pid, Errno.EMFILE);
    }
    try {
      Shared opened = new Shared(PidFd.open(pid));
      newest.put(pid, opened);
      return Optional.of(opened.hold());
    } catch (PosixException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** How many descriptors are open. */
  public int count() {
    return count;
  }

  /** A descriptor and how many hold it. */
  private final class Shared {
    private final PidFd descriptor;
    private int holders;

    Shared(PidFd descriptor) {
      this.descriptor = descriptor;
      count++;
    }

    Held hold() {
      holders++;
      return new Held(this);
    }

    void letGo() {
      holders--;
      if (holders == 0) {
        newest.remove(descriptor.pid(), this);
        descriptor.close();
        count--;
      }
    }
  }

  private static final class Held implements PeerProcess {
    private final Shared shared;
    private boolean closed;

    Held(Shared shared) {
      this.shared = shared;
    }

    @Override
    public boolean exited() throws PosixException {
      return shared.descriptor.exited();
    }

    @Override
    public int signal(int number) {
      return shared.descriptor.signal(number);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        shared.letGo();
      }
    }
  }
}
