package io.sanlockd.lease.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads read and write by disks that share buffers, kernel contexts and the thread for late
 * I/O, on a kernel that often ends an I/O late: while its owner gives up, waits on, or closes the
 * disk. No buffer is in two hands, none is touched while the kernel has it, and no descriptor is
 * closed under an I/O.
 */
@SuppressWarnings("ThreadPriorityCheck") // others get the chance to come in between
class LateIoTest {
  private static final int THREADS = 6;
  private static final int LENGTH = 512;
  private static final long PLACE = 4096;
  private static final long LIMIT_NANOS = 1_000_000;

  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final LeaseBufferPool buffers = new LeaseBufferPool();
  private final AioSlots slots = new AioSlots(() -> new SlowKernel(faults));
  private final LateIoReaper reaper = new LateIoReaper(LeaseLog.NONE);

  @TempDir private Path directory;

  @AfterEach
  void nothingStrange() {
    assertThat(faults).isEmpty();
  }

  @Test
  void lateIoKeepsBuffersAndDescriptorsUntilItEnds() throws Exception {
    Path file = Files.write(directory.resolve("leases"), new byte[2 * (int) PLACE]);
    long rounds = Crowd.play(THREADS, (number, random) -> round(file, number, random));
    assertThat(rounds).isGreaterThanOrEqualTo(THREADS);
  }

  /** Nothing but taking and giving back, so that they meet. */
  @Test
  void aBufferIsInOneHand() throws Exception {
    Crowd.play(
        THREADS,
        (number, random) -> {
          for (int i = 0; i < 100; i++) {
            try (LeaseBuffer buffer = buffers.take(LENGTH)) {
              buffer.bytes().putLong(0, number);
              Thread.onSpinWait();
              if (buffer.bytes().getLong(0) != number) {
                faults.add("a buffer is in two hands");
              }
            }
          }
        });
  }

  private void round(Path file, int number, SplittableRandom random) throws Exception {
    try (LeaseDisk disk = open(file)) {
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        if (random.nextBoolean()) {
          write(disk, number);
        } else {
          read(disk, random);
        }
      }
    }
  }

  private LeaseDisk open(Path file) throws PosixException {
    int fd = Fd.open(file.toString(), OpenFlags.RDWR | OpenFlags.CLOEXEC);
    return new DirectLeaseDisk(file.toString(), fd, LENGTH, buffers, slots, reaper);
  }

  private void write(LeaseDisk disk, int number) throws LeaseException {
    LeaseBuffer buffer = disk.buffer(LENGTH);
    byte mine = (byte) (number + 1);
    for (int i = 0; i < LENGTH; i++) {
      buffer.bytes().put(i, mine);
    }
    Thread.yield();
    check(buffer, mine);
    try {
      disk.write(PLACE, buffer, LIMIT_NANOS);
    } catch (IoTimeoutException e) {
      if (disk.settled(PLACE, LENGTH)) {
        // It may have ended by now, but then the kernel has said so.
        Thread.yield();
      }
      e.lateIo().forget();
    }
  }

  private void read(LeaseDisk disk, SplittableRandom random) throws LeaseException {
    try (LeaseBuffer buffer = disk.read(PLACE, LENGTH, LIMIT_NANOS)) {
      check(buffer, SlowKernel.PATTERN);
    } catch (IoTimeoutException e) {
      claim(e.lateIo(), random);
    }
  }

  private void claim(LateIo late, SplittableRandom random) throws LeaseException {
    if (random.nextInt(3) > 0) {
      try (LeaseBuffer buffer = late.awaitRead(random.nextLong(25_000_000))) {
        if (random.nextBoolean()) {
          late.forget();
        }
        Thread.yield();
        check(buffer, SlowKernel.PATTERN);
        return;
      } catch (IoTimeoutException e) {
        // Given up below, perhaps while it ends.
      }
    }
    late.forget();
  }

  private void check(LeaseBuffer buffer, byte expected) {
    for (int i = 0; i < LENGTH; i += 64) {
      byte found = buffer.bytes().get(i);
      if (found != expected) {
        faults.add("a buffer of ours has " + found + " instead of " + expected);
      }
    }
  }
}
