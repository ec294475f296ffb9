package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import org.junit.jupiter.api.Test;

/** Clients of generation A, which never ask for the device to be opened (wdmd.md 11). */
class OldClientTest {
  private final VirtualWdmd wdmd = new VirtualWdmd(1000);

  /** "A with B": with the C wdmd the device is never opened and nothing protects the client. */
  @Test
  void theRefcountOfAnOldClientOpensTheDevice() {
    VirtualWdmd.Peer client = wdmd.connect().register("sanlock_LE:1");
    assertThat(wdmd.device.isOpen()).isFalse();
    client.send(WdmdCommand.REFCOUNT_SET);
    assertThat(wdmd.times(Kind.KEEPALIVE)).containsExactly(1000.0);
    assertThat(client.status().fireTimeoutSeconds()).isEqualTo(60);
    assertThat(client.status().lastKeepalive()).isEqualTo(1000);
  }

  @Test
  void aPromiseWithoutRefcountOpensItToo() {
    assertThat(wdmd.connect().testLive(1000, 1080)).isEqualTo(Multiplexer.Reply.NONE);
    assertThat(wdmd.device.isOpen()).isTrue();
    assertThat(new VirtualWdmd(1000).connect().testLive(0, 0)).isEqualTo(Multiplexer.Reply.NONE);
  }

  @Test
  void withoutDeviceItIsToldTimeoutZeroAndNothingRestsOnIt() {
    wdmd.device.openError = Errno.ENOENT;
    VirtualWdmd.Peer client = wdmd.connect().register("sanlock_LE:1");
    client.send(WdmdCommand.REFCOUNT_SET);
    assertThat(client.status().fireTimeoutSeconds()).isZero();
    assertThat(wdmd.logged("refused: needs fire_timeout 60, in use 0")).isEqualTo(1);
    // 3.8.5 says goodbye now; to close before would kill it by SIGPIPE.
    assertThat(client.send(WdmdCommand.REFCOUNT_CLEAR)).isEqualTo(Multiplexer.Reply.NONE);
    wdmd.multiplexer.quit();
    assertThat(wdmd.multiplexer.quitting()).isTrue();
  }

  @Test
  void oneThatDoesNotAskIsDroppedAtItsFirstPromise() {
    wdmd.device.openError = Errno.ENOENT;
    VirtualWdmd.Peer client = wdmd.connect().register("fence_sanlockd");
    client.send(WdmdCommand.REFCOUNT_SET);
    assertThat(client.testLive(1000, 1020)).isEqualTo(Multiplexer.Reply.CLOSE);
    client.close();
    assertThat(wdmd.logged("client dead")).isZero();
  }

  @Test
  void withAnotherTimeoutInUseItIsRefused() {
    wdmd.connect().open(30);
    VirtualWdmd.Peer old = wdmd.connect().register("sanlock_LE:1");
    old.send(WdmdCommand.REFCOUNT_SET);
    assertThat(old.status().fireTimeoutSeconds()).isZero();
    assertThat(wdmd.connect().status().fireTimeoutSeconds()).isEqualTo(30);
  }

  @Test
  void oneThatAskedAndGotAnotherTimeoutDecidesForItself() {
    wdmd.connect().open(30);
    VirtualWdmd.Peer second = wdmd.connect();
    assertThat(second.open(60)).isEqualTo(30);
    second.send(WdmdCommand.REFCOUNT_SET);
    assertThat(second.client.refcount).isTrue();
  }

  @Test
  void oneWhoseRequestFailedIsNotServedSilently() {
    wdmd.device.openError = Errno.EBUSY;
    VirtualWdmd.Peer client = wdmd.connect();
    assertThat(client.open(30)).isZero();
    assertThat(client.testLive(1000, 1080)).isEqualTo(Multiplexer.Reply.CLOSE);
    wdmd.device.openError = 0;
    assertThat(client.open(30)).isEqualTo(30);
    assertThat(client.status().fireTimeoutSeconds()).isEqualTo(30);
  }

  @Test
  void statusAndDumpOpenNothing() {
    VirtualWdmd.Peer client = wdmd.connect();
    assertThat(client.status().fireTimeoutSeconds()).isEqualTo(60);
    assertThat(client.status().testIntervalSeconds()).isEqualTo(10);
    assertThat(client.status().lastKeepalive()).isZero();
    assertThat(client.send(WdmdCommand.DUMP_DEBUG)).isEqualTo(Multiplexer.Reply.DUMP);
    assertThat(wdmd.device.record.operations()).isEmpty();
  }

  @Test
  void unknownCommandsAreIgnored() {
    VirtualWdmd.Peer client = wdmd.connect();
    client.message.begin(WdmdCommand.UNKNOWN);
    client.message.buffer().putInt(4, 99);
    assertThat(wdmd.multiplexer.message(client.client, client.message, 1))
        .isEqualTo(Multiplexer.Reply.NONE);
  }
}
