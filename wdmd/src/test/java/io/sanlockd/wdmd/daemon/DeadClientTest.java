package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import org.junit.jupiter.api.Test;

/** A connection that ends while it promises something is fatal by design (wdmd.md 4). */
class DeadClientTest {
  private final VirtualWdmd wdmd = new VirtualWdmd(1000);

  @Test
  void aLostClientIsNeverPingedFor() {
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", 60, 1000, 1080);
    wdmd.runUntil(1003);
    client.close();
    wdmd.runUntil(1400);
    assertThat(wdmd.log)
        .contains("client dead ci 2 fd 8 pid 14735 renewal 1000 expire 1080 sanlock_LE:1");
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).containsExactly(1070.0);
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1070);
    assertThat(wdmd.resetSeconds()).isEqualTo(1130);
  }

  @Test
  void nobodyTakesItsPlace() {
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", 60, 1000, 1080);
    client.close();
    VirtualWdmd.Peer again = wdmd.activate("sanlock_LE:1", 60, 1001, 1081);
    assertThat(again.client.index).isEqualTo(3);
    again.testLive(0, 0);
    again.send(WdmdCommand.REFCOUNT_CLEAR);
    again.close();
    wdmd.runUntil(1200);
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).isEmpty();
    assertThat(wdmd.resetSeconds()).isEqualTo(1130);
  }

  @Test
  void itKeepsWdmdFromEnding() {
    wdmd.activate("c", 60, 1000, 1080).close();
    wdmd.multiplexer.quit();
    assertThat(wdmd.multiplexer.quitting()).isFalse();
  }

  @Test
  void withoutPromiseTheEndFreesTheEntryWhateverTheRefcount() {
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 0, 0);
    assertThat(client.client.refcount).isTrue();
    client.close();
    wdmd.runUntil(1001);
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).containsExactly(1000.0);
    assertThat(wdmd.connect().client.index).isEqualTo(2);
  }

  @Test
  void inRecoveryTheDeviceIsNotStoppedAsUnused() {
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1010);
    wdmd.runUntil(1020);
    assertThat(wdmd.device.isOpen()).isFalse();
    client.testLive(0, 0);
    client.close();
    wdmd.runUntil(1035);
    // First it is seen that all is well, then that nobody needs it.
    assertThat(wdmd.device.record.kinds())
        .endsWith(Kind.OPEN, Kind.KEEPALIVE, Kind.WRITE, Kind.CLOSE_CLEAN);
  }
}
