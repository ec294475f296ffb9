package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AioSlotTest {
  private static final long PLENTY_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int FILE_BYTES = 8192;

  private final ByteBuffer buffer = AlignedMemory.allocate(FILE_BYTES);
  private final long address = AlignedMemory.address(buffer);
  private Path path;
  private AioSlot slot;

  @BeforeEach
  void open() throws Exception {
    // Beside the classes: the temporary directory may be a file system without direct I/O.
    path = Files.createTempFile(Path.of("target"), "aio", ".img");
    byte[] content = new byte[FILE_BYTES];
    for (int i = 0; i < FILE_BYTES; i++) {
      content[i] = (byte) (i / 512);
    }
    Files.write(path, content);
    slot = AioSlot.open();
  }

  @AfterEach
  void close() throws Exception {
    slot.close();
    Files.delete(path);
  }

  @Test
  void bytesWrittenDirectlyAreReadBack() throws Exception {
    int fd = openDirect();
    for (int i = 0; i < 512; i++) {
      buffer.put(i, (byte) (i * 7));
    }
    slot.submitWrite(fd, address, 512, 1024);
    assertThat(slot.inFlight()).isTrue();
    assertThat(slot.await(PLENTY_NANOS)).isEqualTo(512);
    assertThat(slot.inFlight()).isFalse();

    slot.submitRead(fd, address + 4096, 1024, 1024);
    assertThat(slot.await(PLENTY_NANOS)).isEqualTo(1024);
    assertThat(buffer.slice(4096, 512)).isEqualTo(buffer.slice(0, 512));
    assertThat(buffer.get(4096 + 512)).isEqualTo((byte) 3);
    Fd.close(fd);
  }

  @Test
  void aMisalignedOffsetIsTheErrorOfTheIo() throws Exception {
    int fd = openDirect();
    slot.submitRead(fd, address, 512, 100);
    assertThat(slot.await(PLENTY_NANOS)).isEqualTo(-Errno.EINVAL);
    slot.submitWrite(fd, address, 100, 0);
    assertThat(slot.await(PLENTY_NANOS)).isEqualTo(-Errno.EINVAL);
    Fd.close(fd);
  }

  @Test
  void aReadAcrossTheEndIsShortAndOneBeyondItEmpty() throws Exception {
    int fd = openDirect();
    slot.submitRead(fd, address, 4096, FILE_BYTES - 512);
    assertThat(slot.await(PLENTY_NANOS)).isEqualTo(512);
    slot.submitRead(fd, address, 4096, FILE_BYTES + 4096);
    assertThat(slot.await(PLENTY_NANOS)).isZero();
    Fd.close(fd);
  }

  @Test
  void aRequestTheKernelRefusesLeavesNothingInFlight() throws Exception {
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> slot.submitRead(-1, address, 512, 0))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF))
        .withMessage("io_submit fd -1: EBADF (Bad file descriptor)");
    assertThat(slot.inFlight()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> slot.await(0));
  }

  @Test
  void anIoThatTakesTimeIsPendingAndKeepsTheSlotUntilItsCompletion() throws Exception {
    assertThat(AioSlot.PENDING).isLessThan(-4096);
    int bigBytes = 8 << 20;
    Files.write(path, new byte[bigBytes]);
    ByteBuffer big = AlignedMemory.allocate(bigBytes);
    int fd = openDirect();
    boolean pendingSeen = false;
    // A disk can be fast once, but hardly faster than the next call a hundred times.
    for (int i = 0; i < 100 && !pendingSeen; i++) {
      slot.submitRead(fd, AlignedMemory.address(big), bigBytes, 0);
      pendingSeen = slot.await(0) == AioSlot.PENDING;
      if (pendingSeen) {
        assertThat(slot.inFlight()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> slot.submitRead(fd, address, 512, 0));
        assertThatIllegalStateException().isThrownBy(slot::close);
        assertThat(slot.await(PLENTY_NANOS)).isEqualTo(bigBytes);
      }
    }
    assertThat(pendingSeen).isTrue();
    assertThat(slot.inFlight()).isFalse();
    Fd.close(fd);
  }

  @Test
  void aClosedSlotTakesNothing() throws Exception {
    AioSlot other = AioSlot.open();
    other.close();
    other.close();
    assertThatIllegalStateException().isThrownBy(() -> other.submitRead(0, address, 512, 0));
  }

  @Test
  void readingAgainAndAgainAllocatesNothing() throws Exception {
    int fd = openDirect();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    readMany(fd, 2000);
    long before = threads.getCurrentThreadAllocatedBytes();
    readMany(fd, 2000);
    long perRead = (threads.getCurrentThreadAllocatedBytes() - before) / 2000;
    assertThat(perRead).isZero();
    Fd.close(fd);
  }

  private void readMany(int fd, int count) throws PosixException {
    for (int i = 0; i < count; i++) {
      slot.submitRead(fd, address, 512, 0);
      if (slot.await(PLENTY_NANOS) != 512) {
        throw new AssertionError("short read");
      }
    }
  }

  private int openDirect() throws PosixException {
    return Fd.open(
        path.toString(), OpenFlags.RDWR | OpenFlags.DIRECT | OpenFlags.SYNC | OpenFlags.CLOEXEC);
  }
}
