package io.sanlockd.lease.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.ResultCode;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Direct I/O on a real file. I/O that outlives its limit is shown with a file that holds it. */
class DirectLeaseDiskTest {
  private static final long LIMIT = 10_000_000_000L;
  private static final int LENGTH = 1 << 20;

  @TempDir private Path directory;

  private Path file() throws Exception {
    Path file = directory.resolve("leases");
    try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
      created.setLength(LENGTH);
    }
    return file;
  }

  private static LeaseDisk open(Path file) throws LeaseException {
    return new DirectDisks(LeaseLog.NONE).open(file.toString());
  }

  private static void write(LeaseDisk disk, long offset, int length, int value)
      throws LeaseException {
    LeaseBuffer buffer = disk.buffer(length);
    for (int i = 0; i < length; i++) {
      buffer.bytes().put(i, (byte) value);
    }
    disk.write(offset, buffer, LIMIT);
  }

  @Test
  void whatWasWrittenIsInTheFileAndIsRead() throws Exception {
    Path file = file();
    try (LeaseDisk disk = open(file)) {
      assertThat(disk.storageSectorSize()).isEqualTo(512);
      write(disk, 4096, 4096, 7);
      assertThat(disk.settled(0, LENGTH)).isTrue();
      byte[] expected = new byte[4096];
      Arrays.fill(expected, (byte) 7);
      byte[] bytes = Files.readAllBytes(file);
      assertThat(Arrays.copyOfRange(bytes, 4096, 8192)).isEqualTo(expected);
      assertThat(bytes[4095]).isZero();
      assertThat(bytes[8192]).isZero();
      try (LeaseBuffer read = disk.read(4096, 4096, LIMIT)) {
        byte[] found = new byte[4096];
        read.bytes().get(found);
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @Test
  void aBufferIsZeroWhateverItHeldBefore() throws Exception {
    try (LeaseDisk disk = open(file())) {
      write(disk, 0, 4096, 9);
      try (LeaseBuffer buffer = disk.buffer(4096)) {
        byte[] found = new byte[4096];
        buffer.bytes().get(found);
        assertThat(found).containsOnly(0);
      }
    }
  }

  @Test
  void aBufferGivenToAWriteIsGone() throws Exception {
    try (LeaseDisk disk = open(file())) {
      LeaseBuffer buffer = disk.buffer(4096);
      disk.write(0, buffer, LIMIT);
      assertThatThrownBy(buffer::bytes).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void errorsHaveNames() throws Exception {
    try (LeaseDisk disk = open(file())) {
      result(() -> disk.read(LENGTH, 4096, LIMIT), ResultCode.EMSGSIZE);
      result(() -> disk.read(LENGTH - 4096, 8192, LIMIT), ResultCode.EMSGSIZE);
      result(() -> disk.read(0, 4096, 0), ResultCode.EINVAL);
    }
    result(() -> open(directory.resolve("none")), ResultCode.ENOENT);
  }

  @Test
  void aClosedDiskIsNotUsed() throws Exception {
    LeaseDisk disk = open(file());
    disk.close();
    disk.close();
    result(() -> disk.read(0, 4096, LIMIT), ResultCode.EBADF);
  }

  private static void result(ThrowingCallable call, ResultCode code) {
    assertThatThrownBy(call)
        .isInstanceOf(LeaseException.class)
        .hasFieldOrPropertyWithValue("result", code.number());
  }
}
