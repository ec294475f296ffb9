package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scripts as tests (wdmd.md 8), in virtual time. */
class ScriptsTest {
  private final VirtualWdmd wdmd = new VirtualWdmd(1000, 3);

  private void begin(String... names) {
    wdmd.scripts.names.addAll(List.of(names));
    wdmd.multiplexer.rescanScripts();
    wdmd.activate("c", 30, 0, 0);
  }

  @Test
  void thePingWaitsForAllScripts() {
    begin("a.sh", "b.sh");
    wdmd.runUntil(1005);
    assertThat(wdmd.times(Kind.KEEPALIVE)).containsExactly(1000.0);
    wdmd.scripts.end("a.sh", 0);
    wdmd.runUntil(1006);
    wdmd.scripts.end("b.sh", 0);
    wdmd.runUntil(1006.1);
    assertThat(wdmd.times(Kind.KEEPALIVE)).containsExactly(1000.0, 1006.0);
    wdmd.runUntil(1010);
    assertThat(wdmd.scripts.isRunning("a.sh")).isTrue();
  }

  @Test
  void aFailureClosesAtOnceAndASuccessReopens() {
    begin("a.sh");
    wdmd.runUntil(1005.2);
    wdmd.scripts.end("a.sh", 1);
    wdmd.runUntil(1006);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).hasSize(1);
    wdmd.runUntil(1007);
    wdmd.scripts.end("a.sh", 0);
    wdmd.runUntil(1008);
    assertThat(wdmd.device.isOpen()).isTrue();
  }

  @Test
  void oneThatDoesNotEndInTimeFailsAndIsKilled() {
    begin("slow.sh");
    wdmd.runUntil(1008.9);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).isEmpty();
    wdmd.runUntil(1010);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).hasSize(1);
    assertThat(wdmd.scripts.killed).containsExactly("slow.sh");
    wdmd.scripts.end("slow.sh", 137);
    wdmd.runUntil(1012);
    assertThat(wdmd.scripts.isRunning("slow.sh")).isTrue();
  }

  /** In C slow scripts delay the tests of clients by up to nine seconds. */
  @Test
  void slowScriptsDelayNoClientsTest() {
    wdmd.scripts.names.add("slow.sh");
    wdmd.multiplexer.rescanScripts();
    wdmd.activate("c", 60, 1000, 1022);
    wdmd.runUntil(1010.5);
    assertThat(wdmd.scripts.isRunning("slow.sh")).isTrue();
    wdmd.runUntil(1013);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).containsExactly(1012.0);
  }

  @Test
  void aVanishedScriptIsForgotten() {
    begin("a.sh");
    wdmd.runUntil(1005);
    wdmd.scripts.vanish("a.sh", 2);
    wdmd.runUntil(1006);
    assertThat(wdmd.log).contains("script a.sh removed -2");
    assertThat(wdmd.times(Kind.KEEPALIVE)).hasSize(2);
  }

  @Test
  void oneThatJustSucceededIsNotRunEverySecondOfARecovery() {
    begin("good.sh", "bad.sh");
    wdmd.runUntil(1005);
    wdmd.scripts.end("good.sh", 0);
    wdmd.scripts.end("bad.sh", 1);
    wdmd.runUntil(1007);
    assertThat(wdmd.scripts.isRunning("bad.sh")).isTrue();
    assertThat(wdmd.scripts.isRunning("good.sh")).isFalse();
  }
}
