package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  @Test
  void aPidfdTellsTheEndOfARealChildAndSignalsNobodyElseAfterwards() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    PidFd pidFd = PidFd.open((int) child.pid());
    Epoll epoll = Epoll.create(1);
    epoll.add(pidFd.fd(), Epoll.IN, 1);
    assertThat(pidFd.exited()).isFalse();
    assertThat(pidFd.signal(0)).isZero();
    assertThat(pidFd.signal(Signals.KILL)).isZero();
    assertThat(epoll.await(30_000)).isEqualTo(1);
    assertThat(pidFd.exited()).isTrue();
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(128 + Signals.KILL);
    assertThat(pidFd.signal(Signals.TERM)).isEqualTo(-Errno.ESRCH);
    pidFd.close();
    pidFd.close();
    assertThat(pidFd.signal(Signals.TERM)).isEqualTo(-Errno.EBADF);
    epoll.close();
  }

  @Test
  void killReportsWhatHappenedAndNeverReachesGroups() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    int pid = (int) child.pid();
    assertThat(Signals.kill(pid, Signals.TERM)).isZero();
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(128 + Signals.TERM);
    assertThat(Signals.kill(pid, Signals.TERM)).isEqualTo(-Errno.ESRCH);
    assertThat(Signals.kill(0, Signals.TERM)).isEqualTo(-Errno.EINVAL);
    assertThat(Signals.kill(-1, 0)).isEqualTo(-Errno.EINVAL);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> PidFd.open(pid))
        .withMessage("pidfd_open pid " + pid + ": ESRCH (No such process)");
  }
}
