package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.it.fault.Fault;
import io.sanlockd.it.fault.FaultFile;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Direct I/O that the kernel really holds back: given up in time, and its memory never reused. */
@Execution(ExecutionMode.CONCURRENT)
class HeldIoIT {
  private static final int SECTOR = 512;
  private static final long TIMEOUT_NANOS = Duration.ofMillis(300).toNanos();
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension final Scene scene = new Scene();

  private FaultFile file;
  private Storage storage;
  private DirectDisks disks;
  private LeaseDisk disk;

  @BeforeEach
  void openDisk() throws Exception {
    storage = scene.faultyStorage(2);
    file = storage.fault();
    disks = new DirectDisks(new StandardOutput());
    disk = scene.own(disks.open(storage.path().toString()));
  }

  @Test
  void heldWriteTimesOutInTimeAndLandsWholeWhenItIsReleased() throws Exception {
    write(0, (byte) 1);
    Fault fault = file.hold(Fault.Io.WRITE, 0, SECTOR);
    long startNanos = System.nanoTime();
    timesOut(() -> write(0, (byte) 2));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    assertThat(elapsed).isBetween(Duration.ofNanos(TIMEOUT_NANOS), Duration.ofSeconds(5));
    assertThat(disk.settled(0, SECTOR)).isFalse();
    assertThat(disk.settled(SECTOR, SECTOR)).isTrue();

    // Everything that could get hold of the buffer is written over it, were it free.
    for (int sector = 1; sector < 200; sector++) {
      write((long) sector * SECTOR, (byte) 3);
    }
    assertThat(storage.read(0, SECTOR).array()).containsOnly(1);
    assertThat(fault.heldCount()).isEqualTo(1);
    assertThat(disks.timeouts()).isEqualTo(1);
    assertThat(disks.late()).isEqualTo(1);

    fault.close();
    Await.until("the late write is reaped", LIMIT, () -> disk.settled(0, SECTOR));
    Await.until("it is not late any more", LIMIT, () -> disks.late() == 0);
    assertThat(disks.timeouts()).isEqualTo(1);
    assertThat(storage.read(0, SECTOR).array()).containsOnly(2);
  }

  @Test
  void bufferOfAHeldReadIsNotLentUntilTheKernelHasFilledIt() throws Exception {
    storage.write(0, filled((byte) 7));
    Set<ByteBuffer> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Fault fault = file.hold(Fault.Io.READ, 0, SECTOR);
    List<IoTimeoutException> late = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      late.add(timesOut(() -> disk.read(0, SECTOR, TIMEOUT_NANOS).close()));
    }
    List<LeaseBuffer> lent = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      LeaseBuffer buffer = disk.buffer(SECTOR);
      lent.add(buffer);
      known.add(buffer.bytes());
    }
    assertThat(known).hasSize(8);

    fault.close();
    for (IoTimeoutException each : late) {
      LeaseBuffer read = each.lateIo().awaitRead(LIMIT.toNanos());
      assertThat(contentOf(read)).as("a buffer that was the kernel's").containsOnly(7);
      assertThat(known.add(read.bytes())).isTrue();
      read.close();
    }
    for (LeaseBuffer buffer : lent) {
      assertThat(contentOf(buffer)).as("a buffer in our hands").containsOnly(0);
      buffer.close();
    }
  }

  @Test
  void readThatFailsLateReportsItsOwnError() throws Exception {
    Fault hold = file.hold(Fault.Io.READ, 0, SECTOR);
    IoTimeoutException late = timesOut(() -> disk.read(0, SECTOR, TIMEOUT_NANOS).close());
    IoTimeoutException still =
        catchThrowableOfType(
            IoTimeoutException.class, () -> late.lateIo().awaitRead(TIMEOUT_NANOS));
    assertThat(still.is(ResultCode.AIO_TIMEOUT)).isTrue();
    hold.failHeld(Errno.EIO);
    LeaseException failed =
        catchThrowableOfType(LeaseException.class, () -> late.lateIo().awaitRead(LIMIT.toNanos()));
    assertThat(failed.result()).isEqualTo(-Errno.EIO);
  }

  @Test
  void diskThatSwallowsEverythingIsGivenUpAtOnceAndWorksAgainLater() throws Exception {
    Fault fault = file.holdEverything();
    int timeouts = 0;
    LeaseException refused = null;
    while (refused == null) {
      assertThat(timeouts).as("timed-out I/Os before the disk is given up").isLessThan(100);
      try {
        disk.read(0, SECTOR, Duration.ofMillis(20).toNanos()).close();
      } catch (IoTimeoutException e) {
        e.lateIo().forget();
        timeouts++;
      } catch (LeaseException e) {
        refused = e;
      }
    }
    assertThat(refused.is(ResultCode.ENOENT)).isTrue();
    assertThat(refused).hasMessageContaining(storage.path().toString());
    fault.close();
    Await.until("the disk takes I/O again", LIMIT, this::canRead);
  }

  @Test
  void closedDiskKeepsItsDescriptorUntilTheLastIoHasEnded() throws Exception {
    Fault fault = file.hold(Fault.Io.WRITE, 0, SECTOR);
    timesOut(() -> write(0, (byte) 9));
    disk.close();
    LeaseException closed =
        catchThrowableOfType(LeaseException.class, () -> write(SECTOR, (byte) 1));
    assertThat(closed.is(ResultCode.EBADF)).isTrue();
    assertThat(openDescriptors()).isEqualTo(1);
    fault.close();
    Await.until("the file is closed", LIMIT, () -> openDescriptors() == 0);
    assertThat(storage.read(0, SECTOR).array()).containsOnly(9);
  }

  private boolean canRead() {
    try {
      disk.read(0, SECTOR, TIMEOUT_NANOS).close();
      return true;
    } catch (LeaseException e) {
      return false;
    }
  }

  private void write(long offset, byte value) throws LeaseException {
    LeaseBuffer buffer = disk.buffer(SECTOR);
    buffer.bytes().put(filled(value));
    disk.write(offset, buffer, TIMEOUT_NANOS);
  }

  private static IoTimeoutException timesOut(ThrowingCallable io) {
    IoTimeoutException exception = catchThrowableOfType(IoTimeoutException.class, io);
    assertThat(exception).as("timeout").isNotNull();
    assertThat(exception.is(ResultCode.AIO_TIMEOUT)).isTrue();
    return exception;
  }

  private static ByteBuffer filled(byte value) {
    byte[] bytes = new byte[SECTOR];
    Arrays.fill(bytes, value);
    return ByteBuffer.wrap(bytes);
  }

  private static byte[] contentOf(LeaseBuffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    buffer.bytes().get(bytes);
    return bytes;
  }

  /** How many descriptors of this process are open on the file. */
  private long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(this::isOpenOnFile).count();
    }
  }

  private boolean isOpenOnFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(storage.path());
    } catch (IOException e) {
      // Closed in the meantime.
      return false;
    }
  }

  /** Late completions are worth seeing in the output of the test. */
  private static final class StandardOutput implements LeaseLog {
    @Override
    public void error(String message) {
      System.out.println("error: " + message);
    }

    @Override
    public void warning(String message) {
      System.out.println("warning: " + message);
    }

    @Override
    public void debug(String message) {
      System.out.println(message);
    }
  }
}
