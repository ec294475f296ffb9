package io.sanlockd.daemon.recovery;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.MessageHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The program that stops a process gracefully when its lockspace fails (recovery.md 4). */
class KillProgramTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int EINVAL = -22;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);
  private final VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));

  KillProgramTest() {
    world.time().settle();
    assertThat(holder.lastResult()).isZero();
  }

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static VirtualClient killpath(VirtualClient sender, int target, int flags) {
    Killpath killpath = new Killpath("/usr/lib/stop", "vm one");
    return sender.send(Command.KILLPATH, flags, 0, target, killpath::encode);
  }

  private void loseStorage() {
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + 1);
  }

  @Test
  void theProgramRunsOnceWithThePidInsteadOfSigterm() {
    killpath(holder, MessageHeader.THIS_CONNECTION, CommandFlags.KILLPATH_PID);
    assertThat(holder.lastResult()).isZero();
    loseStorage();
    assertThat(daemon.killPrograms()).containsExactly("/usr/lib/stop vm one 7");
    assertThat(holder.process().signals()).isEmpty();
  }

  @Test
  void aProcessThatOutlivesItsGraceIsKilled() {
    killpath(holder, MessageHeader.THIS_CONNECTION, 0);
    loseStorage();
    world.time().advance(VirtualDaemon.GRACE_SECONDS);
    assertThat(daemon.killPrograms()).containsExactly("/usr/lib/stop vm one 0");
    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.KILL);
  }

  @Test
  void removalOfTheLockspaceKillsWithoutTheProgram() {
    killpath(holder, MessageHeader.THIS_CONNECTION, 0);
    daemon.client(8).standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(2);
    assertThat(daemon.killPrograms()).isEmpty();
    assertThat(holder.process().signals()).contains(Signals.KILL);
  }

  @Test
  void nobodySetsTheProgramOfAnotherProcess() {
    VirtualClient other = killpath(daemon.registered(9), 7, 0);
    assertThat(other.lastResult()).isEqualTo(EINVAL);
    loseStorage();
    assertThat(daemon.killPrograms()).isEmpty();
    assertThat(holder.process().signals()).contains(Signals.TERM);
  }
}
