package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactsTest {
  @Test
  void theMonotonicClockAgreesWithTheSystemsUptime() throws Exception {
    long before = MonotonicClock.nanos();
    long seconds = MonotonicClock.seconds();
    long after = MonotonicClock.nanos();
    assertThat(seconds).isBetween(before / 1_000_000_000L, after / 1_000_000_000L);
    // /proc/uptime counts suspended time and has hundredths.
    double boot = MonotonicClock.bootNanos() / 1e9;
    double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
    assertThat(uptime).isBetween(boot - 0.02, boot + 30);
  }

  @Test
  void readingTheClockAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = readClock(20_000);
    long before = threads.getCurrentThreadAllocatedBytes();
    sum += readClock(20_000);
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 20_000).isZero();
    assertThat(sum).isPositive();
  }

  @Test
  void alignedMemoryHasExactlyTheSizeAskedForAndIsZero() {
    for (int bytes : new int[] {1, 512, 4096, 4097, 1 << 20}) {
      ByteBuffer buffer = AlignedMemory.allocate(bytes);
      assertThat(buffer.capacity()).isEqualTo(bytes);
      assertThat(buffer.limit()).isEqualTo(bytes);
      assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(buffer.get(bytes - 1)).isZero();
      assertThat(AlignedMemory.address(buffer) % 4096).isZero();
      buffer.position(bytes);
      assertThat(AlignedMemory.address(buffer) % 4096).isZero();
    }
  }

  @Test
  void theThreadIdIsTheOneInProcAndDiffersBetweenThreads() throws Exception {
    assertThat(Path.of("/proc/self/task/" + Threads.tid())).exists();
    FutureTask<Integer> other = new FutureTask<>(Threads::tid);
    new Thread(other).start();
    assertThat(other.get()).isNotEqualTo(Threads.tid());
  }

  @Test
  void theNodeNameIsTheKernels() throws Exception {
    String expected = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(NodeName.get()).isEqualTo(expected);
  }

  @Test
  void usersAndGroupsAreFoundByName(@TempDir Path directory) throws Exception {
    assertThat(Users.uid("root")).hasValue(0);
    assertThat(Users.gid("root")).hasValue(0);
    assertThat(Users.uid("daemon")).hasValue(1);
    assertThat(Users.uid("no-such-user")).isEmpty();
    assertThat(Users.gid("no-such-group")).isEmpty();

    Path file = Files.createFile(directory.resolve("file"));
    int uid = (Integer) Files.getAttribute(file, "unix:uid");
    assertThat(Users.effectiveUid()).isEqualTo(uid);
    if (uid == 0) {
      Users.chown(file.toString(), 1, 2);
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(1);
      assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(2);
      Users.chown(file.toString(), -1, 0);
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(1);
    }
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> Users.chown("/no/such/file", 0, 0))
        .withMessageStartingWith("chown /no/such/file: ENOENT");
  }

  private static long readClock(int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += MonotonicClock.nanos() & 1;
      sum += MonotonicClock.seconds() & 1;
    }
    return sum + 1;
  }
}
