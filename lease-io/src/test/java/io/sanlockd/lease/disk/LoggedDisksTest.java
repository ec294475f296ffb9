package io.sanlockd.lease.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.fixture.LogLines;
import io.sanlockd.lease.fixture.MemoryDisk;
import io.sanlockd.lease.fixture.MemoryStorage;
import io.sanlockd.lease.fixture.VirtualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code debug_io}: the text is that of the C program, {@code <task> RD <length> at <offset>}. */
class LoggedDisksTest {
  private static final long SECOND = Clock.SECOND_NANOS;

  private final VirtualClock clock = new VirtualClock();
  private final MemoryDisk storage =
      new MemoryDisk(new MemoryStorage("/dev/x", 8 << 20), 512, clock);
  private final LogLines log = new LogLines();
  private final String threadName = Thread.currentThread().getName();

  @BeforeEach
  void nameThisTask() {
    Thread.currentThread().setName("lockspace one");
  }

  @AfterEach
  void nameItBack() {
    Thread.currentThread().setName(threadName);
  }

  private void readAndWrite(boolean submissions, boolean completions) throws LeaseException {
    LoggedDisks disks = new LoggedDisks(path -> storage, log, submissions, completions);
    try (LeaseDisk disk = disks.open("/dev/x")) {
      assertThat(disk.path()).isEqualTo("/dev/x");
      assertThat(disk.storageSectorSize()).isEqualTo(512);
      disk.read(1 << 20, 1 << 20, SECOND).close();
      disk.write(1536, disk.buffer(512), SECOND);
      assertThat(disk.settled(0, 4096)).isTrue();
    }
  }

  @Test
  void submitTellsWhatIsBegun() throws LeaseException {
    readAndWrite(true, false);
    assertThat(log.lines())
        .containsExactly("debug lockspac RD 1M at 1M", "debug lockspac WR 512 at 1536");
  }

  @Test
  void completeTellsHowItEnded() throws LeaseException {
    readAndWrite(false, true);
    assertThat(log.lines())
        .containsExactly(
            "debug lockspac RD 1M at 1M done 0", "debug lockspac WR 512 at 1536 done 0");
  }

  @Test
  void anErrorIsToldWithItsNumberAndHandedOn() {
    storage.at(io -> true).fails(-5);
    LoggedDisks disks = new LoggedDisks(path -> storage, log, true, true);
    assertThatThrownBy(() -> disks.open("/dev/x").read(0, 512, SECOND))
        .isInstanceOf(LeaseException.class);
    assertThat(log.lines())
        .containsExactly("debug lockspac RD 512 at 0", "debug lockspac RD 512 at 0 done -5");
  }
}
