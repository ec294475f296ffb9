package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.world.MemoryLog;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** debug_cmd, debug_clients, quiet_fail and names_log_priority (config.md 3). */
class CommandTraceTest {
  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a").join(1, 1);

  @AfterEach
  void endWorld() {
    world.close();
  }

  @Test
  void aCommandIsLoggedWithItsSubjectAndItsResult() {
    daemon.registered(7).acquire(0, resource(1));
    world.time().advance(3);
    assertThat(daemon.log().matching("cmd_acquire \\d+,\\d+,7 LS:r1 flags 0 data 1")).hasSize(1);
    assertThat(daemon.log().matching("cmd_acquire \\d+,\\d+,7 done 0")).hasSize(1);
  }

  @Test
  void aCommandAboutALockspaceNamesItsPlace() {
    daemon.client().lockspace(Command.REM_LOCKSPACE, 0, 0, "XX", 3, "/nowhere", 512);
    assertThat(
            daemon.log().matching("cmd_rem_lockspace \\d+,\\d+ XX:3:/nowhere:512 flags 0 data 0"))
        .hasSize(1);
    assertThat(daemon.log().matching("cmd_rem_lockspace \\d+,\\d+ done -2")).hasSize(1);
  }

  /** The default: what is often repeated is not logged. */
  @Test
  void aCommandWhoseBitIsNotSetIsNotLogged() {
    daemon.client().lockspace(Command.INQ_LOCKSPACE, 0, 0, "XX", 3, "/nowhere", 512);
    assertThat(daemon.log().lines()).noneMatch(line -> line.contains("cmd_inq_lockspace"));
  }

  @Test
  void connectionsAreLoggedOnlyWhenThatIsAskedFor() {
    Client client = new Client(5, 17);
    MessageHeader header = MessageHeader.request(Command.VERSION, 0, 0, 0, 0);
    MemoryLog log = new MemoryLog();
    followed(new CommandTrace(log.prefixed(""), 0), client, header);
    assertThat(log.lines()).isEmpty();

    log.want(LogDetail.CLIENTS);
    followed(new CommandTrace(log.prefixed(""), 0), client, header);
    assertThat(log.lines())
        .containsExactly("cl 5:17 add", "cl 5:17 recv 32 28", "cl 5:17 send 0", "cl 5:17 free");
  }

  /** As with the C program, whatever debug_cmd says. */
  @Test
  void whatProgramsAskOverAndOverIsNeverLogged() {
    MemoryLog log = new MemoryLog();
    Client client = new Client(5, 17);
    followed(
        new CommandTrace(log.prefixed(""), -1),
        client,
        MessageHeader.request(Command.VERSION, 0, 0, 0, 0));
    assertThat(log.lines()).isEmpty();
  }

  private static void followed(CommandTrace trace, Client client, MessageHeader header) {
    trace.opened(client);
    trace.received(client, header);
    trace.begun(client, Command.VERSION, header, ByteBuffer.allocate(0));
    trace.answered(client, Command.VERSION, 0);
    trace.freed(client);
  }

  /** Whatever a client sends as names, and however little. */
  @Test
  void aPayloadThatIsTooShortHasNoSubject() {
    MemoryLog log = new MemoryLog();
    CommandTrace trace = new CommandTrace(log.prefixed(""), -1L);
    MessageHeader header = MessageHeader.request(Command.CONVERT, 3, 0, -1, 0);
    trace.begun(new Client(5, 17), Command.CONVERT, header, ByteBuffer.allocate(64));
    assertThat(log.lines()).containsExactly("cmd_convert 5,17 flags 3 data -1");
  }

  @Test
  void contentionIsAnErrorOnlyWithoutQuietFail() {
    VirtualClient holder = daemon.registered(7).acquire(0, resource(1));
    world.time().advance(3);
    assertThat(holder.lastResult()).isZero();
    assertThat(daemon.registered(8).acquire(0, resource(1)).lastResult()).isEqualTo(-17);
    assertThat(daemon.log().errors()).noneMatch(line -> line.contains("acquire r1"));

    daemon.log().want(LogDetail.CONTENTION);
    assertThat(daemon.registered(9).acquire(0, resource(1)).lastResult()).isEqualTo(-17);
    assertThat(daemon.log().errors()).containsOnlyOnce("s1 acquire r1 -17 in use on this host");
  }

  @Test
  void contentionWithAnotherHostIsAnErrorOnlyWithoutQuietFail() {
    VirtualDaemon other = world.daemon("b").join(2, 1);
    daemon.registered(7).acquire(0, resource(1));
    world.time().advance(5);
    assertThat(refusedBy(other, 8)).isEqualTo(-243);
    assertThat(other.log().errors()).noneMatch(line -> line.contains("acquire r1"));

    other.log().want(LogDetail.CONTENTION);
    assertThat(refusedBy(other, 9)).isEqualTo(-243);
    assertThat(other.log().errors())
        .anyMatch(line -> line.matches("s1:r\\d+ acquire r1 -243 owner host_id 1 .*"));
  }

  private int refusedBy(VirtualDaemon host, int pid) {
    VirtualClient client = host.registered(pid).acquire(0, resource(1));
    world.time().advance(3);
    return client.lastResult();
  }

  @Test
  void aLeaseThatIsNotThereIsAlwaysAnError() {
    System.arraycopy(new byte[512], 0, world.disks().file(World.DISK).content(), World.MIB, 512);
    assertThat(refusedBy(daemon, 7)).isEqualTo(-223);
    assertThat(daemon.log().errors()).anyMatch(line -> line.contains("acquire r1 -223 "));
  }

  @Test
  void theNameAndPlaceOfEveryLeaseThatIsAskedForIsLogged() {
    for (int pid = 7; pid < 9; pid++) {
      VirtualClient client = daemon.registered(pid).acquire(0, resource(1));
      world.time().advance(3);
      assertThat(client.lastResult()).isZero();
      client.die();
      world.time().advance(3);
    }
    assertThat(daemon.log().matching("s1:r\\d+ resource LS:r1:/disk:1048576")).hasSize(2);
  }
}
