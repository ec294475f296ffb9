package io.sanlockd.daemon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Signals;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PidFdTableTest {
  private static final long LIMIT_SECONDS = 30;

  private boolean room = true;
  private final PidFdTable table = new PidFdTable(() -> room);
  private Process process;
  private int pid;

  @BeforeEach
  void startProcess() throws IOException {
    process = new ProcessBuilder("sleep", "1000").start();
    pid = (int) process.pid();
  }

  @AfterEach
  void killProcess() {
    process.destroyForcibly();
  }

  private PeerProcess find() throws PosixException {
    return table.find(pid).orElseThrow();
  }

  private void awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void connectionsOfOneProcessShareItsDescriptor() throws Exception {
    PeerProcess first = find();
    PeerProcess second = find();
    assertThat(table.count()).isEqualTo(1);

    first.close();
    first.close();
    assertThat(table.count()).isEqualTo(1);
    assertThat(second.exited()).isFalse();
    assertThat(second.signal(Signals.KILL)).isZero();
    awaitEnd();
    assertThat(second.exited()).isTrue();
    second.close();
    assertThat(table.count()).isZero();
  }

  @Test
  void whoEndedIsNotTakenForSomebodyWithItsNumber() throws Exception {
    PeerProcess held = find();
    process.destroyForcibly();
    awaitEnd();

    assertThat(table.find(pid)).isEmpty();
    assertThat(held.exited()).isTrue();
  }

  @Test
  void withoutRoomOnlyThoseAreFoundWhoAreHeldAlready() throws Exception {
    room = false;
    assertThatThrownBy(this::find)
        .isInstanceOfSatisfying(
            PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMFILE));

    room = true;
    PeerProcess held = find();
    room = false;
    PeerProcess again = find();
    held.close();
    again.close();
    assertThat(table.count()).isZero();
    assertThatThrownBy(this::find).isInstanceOf(PosixException.class);
  }
}
