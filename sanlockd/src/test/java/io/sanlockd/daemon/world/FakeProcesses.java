package io.sanlockd.daemon.world;

import io.sanlockd.daemon.client.PeerProcess;
import io.sanlockd.daemon.client.ProcessTable;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Processes that are numbers. */
public final class FakeProcesses implements ProcessTable {
  private final Map<Integer, FakeProcess> running = new HashMap<>();
  private int held;
  private boolean unreachable;

  /** A process. */
  public static final class FakeProcess {
    /** Has room from the start: whoever signals shall allocate nothing. */
    private final List<Integer> signals = new ArrayList<>(16);

    private boolean exited;
    private boolean foreign;

    /** The signals it got. */
    public List<Integer> signals() {
      return signals;
    }

    /** It belongs to somebody whom the daemon itself may not signal. */
    public void makeForeign() {
      foreign = true;
    }

    /** It ends. */
    public void exit() {
      exited = true;
    }
  }

  /** The process of a number; it runs. */
  public FakeProcess process(int pid) {
    return running.computeIfAbsent(pid, number -> new FakeProcess());
  }

  /** The number is given to another process. */
  public void reuse(int pid) {
    running.put(pid, new FakeProcess());
  }

  /** How many processes are held on to. */
  public int held() {
    return held;
  }

  /** From now on nothing can be held on to. */
  public void makeUnreachable() {
    unreachable = true;
  }

  @Override
  public Optional<PeerProcess> find(int pid) throws PosixException {
    if (unreachable) {
      throw new PosixException("pidfd_open", "pid " + pid, Errno.EMFILE);
    }
    FakeProcess process = process(pid);
    if (process.exited) {
      return Optional.empty();
    }
    held++;
    return Optional.of(
        new PeerProcess() {
          @Override
          public boolean exited() {
            return process.exited;
          }

          @Override
          public int signal(int number) {
            if (process.exited) {
              return -Errno.ESRCH;
            }
            if (process.foreign) {
              return -Errno.EPERM;
            }
            if (number != 0) {
              process.signals.add(number);
            }
            return 0;
          }

          @Override
          public void close() {
            held--;
          }
        });
  }
}
