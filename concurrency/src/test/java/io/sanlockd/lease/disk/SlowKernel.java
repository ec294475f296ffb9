package io.sanlockd.lease.disk;

import io.sanlockd.posix.AioSlot;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.PosixException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * One kernel context on which every other I/O is late. It complains when the bytes to be written
 * change in its hands and when the descriptor is another file's at the end.
 */
final class SlowKernel implements KernelIo {
  /** What it reads everywhere. */
  static final byte PATTERN = 0x5a;

  private static final int POLLS_UNTIL_END = 3;

  private final Queue<String> faults;
  private boolean inFlight;
  private boolean write;
  private int fd;
  private Pointer memory;
  private byte[] given;
  private FileStatus.Identity file;
  private int pollsLeft;

  SlowKernel(Queue<String> faults) {
    this.faults = faults;
  }

  @Override
  public void submit(boolean isWrite, int toFd, long address, int length, long offset)
      throws PosixException {
    if (inFlight) {
      faults.add("two I/Os on one context");
    }
    inFlight = true;
    write = isWrite;
    fd = toFd;
    memory = Pointer.wrap(Runtime.getSystemRuntime(), address, length);
    given = bytes(length);
    file = FileStatus.of(fd).identity();
    pollsLeft = ThreadLocalRandom.current().nextInt(POLLS_UNTIL_END);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return bytes;
  }

  @Override
  public long await(long timeoutNanos) throws PosixException {
    if (pollsLeft-- > 0) {
      return AioSlot.PENDING;
    }
    if (!Arrays.equals(given, bytes(given.length))) {
      faults.add("a buffer was changed in flight");
    }
    if (!write) {
      Arrays.fill(given, PATTERN);
      memory.put(0, given, 0, given.length);
    }
    try {
      if (!FileStatus.of(fd).identity().equals(file)) {
        faults.add("the descriptor is another file's");
      }
    } catch (PosixException e) {
      faults.add("the descriptor was closed: " + e.getMessage());
    }
    inFlight = false;
    return given.length;
  }

  @Override
  public boolean inFlight() {
    return inFlight;
  }

  @Override
  public void close() {
    if (inFlight) {
      faults.add("a context is destroyed in flight");
    }
  }
}
