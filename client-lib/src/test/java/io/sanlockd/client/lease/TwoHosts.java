package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two hosts with real daemons that joined a lockspace on a file with three leases, anew for each
 * test. Subclasses say whose daemons.
 */
public abstract class TwoHosts {
  static final int MEBIBYTE = 1 << 20;
  private static final int IO_TIMEOUT_SECONDS = 2;
  private static final int AREAS = 8;
  static final long LIMIT_SECONDS = 60;
  static final Duration LONG = Duration.ofSeconds(LIMIT_SECONDS);
  static final String LS = "ls";

  Path directory;
  Path disk;
  HostUnderTest hostA;
  HostUnderTest hostB;
  Leases onA;
  Leases onB;

  /**
   * Starts a daemon without watchdog and waits until it answers; skips the test when there is none.
   *
   * @param runDirectory exists; the daemon's socket goes there
   */
  protected abstract HostUnderTest start(Path runDirectory, String hostName) throws Exception;

  /** The command line program that starts children. */
  protected abstract Path sanlock();

  @BeforeEach
  void twoHostsJoinALockspace() throws Exception {
    // Not the default directory: the path of a socket must be short.
    directory = Files.createTempDirectory(Path.of("/tmp"), "clib-lease");
    disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength((long) AREAS * MEBIBYTE);
    }
    hostA = start(Files.createDirectory(directory.resolve("a")), "host-a");
    hostB = start(Files.createDirectory(directory.resolve("b")), "host-b");
    onA = Leases.open(hostA.endpoint());
    onB = Leases.open(hostB.endpoint());
    onA.client().writeLockspace(lockspace(0), IO_TIMEOUT_SECONDS);
    for (int area = 1; area <= 3; area++) {
      onA.client().writeResource(lease(area).onDisks(LeaseMode.EXCLUSIVE), 0);
    }
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> join(onA.client(), 1));
    join(onB.client(), 2);
    first.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable thing : new AutoCloseable[] {onA, onB, hostA, hostB}) {
      if (thing != null) {
        thing.close();
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Lockspace lockspace(long hostId) {
    return new Lockspace(LeaseName.of(LS), hostId, 0, new Disk(disk.toString(), 0));
  }

  /** A busy machine may be too slow for the first write of a host_id; then it is tried again. */
  private void join(SanlockClient client, long hostId) {
    long deadlineNanos = System.nanoTime() + LONG.toNanos();
    while (true) {
      try {
        client.addLockspace(lockspace(hostId), IO_TIMEOUT_SECONDS);
        return;
      } catch (SanlockException e) {
        boolean isSlow = e.number() == ResultCode.AIO_TIMEOUT.number();
        if (!isSlow || System.nanoTime() - deadlineNanos > 0) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  LeaseResource lease(int area) {
    return LeaseResource.of(LS, "r" + area, disk.toString(), (long) area * MEBIBYTE);
  }

  /** Records what a listener is told. */
  static final class Losses implements LeaseListener {
    final CompletableFuture<LeaseLoss> loss = new CompletableFuture<>();
    final CompletableFuture<HostNotice> request = new CompletableFuture<>();
    final AtomicInteger losses = new AtomicInteger();

    @Override
    public void lost(Lease lease, LeaseLoss why) {
      losses.incrementAndGet();
      assertThat(lease.isHeld()).isFalse();
      loss.complete(why);
    }

    @Override
    public void requested(Lease lease, HostNotice event) {
      request.complete(event);
    }

    LeaseLoss await() throws Exception {
      return loss.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
