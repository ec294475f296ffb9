package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.client.LeaseOwners;
import io.sanlockd.client.RestrictFlag;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Resource;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, codecs, policies: the values of the library. */
class LeaseValuesTest {
  private static byte[] block(byte[] content) {
    return Arrays.copyOf(content, 512);
  }

  @Test
  void codecsReadWhatTheyWroteAndBlocksNeverWritten() {
    assertThat(ValueCodec.longs().decode(block(ValueCodec.longs().encode(-5L)))).isEqualTo(-5);
    assertThat(ValueCodec.longs().decode(new byte[512])).isZero();
    assertThat(ValueCodec.text().decode(block(ValueCodec.text().encode("grün")))).isEqualTo("grün");
    assertThat(ValueCodec.text().decode(new byte[512])).isEmpty();
    assertThat(ValueCodec.bytes().decode(new byte[] {1, 2})).containsExactly(1, 2);
    byte[] noText = block(new byte[] {3, 0});
    assertThatThrownBy(() -> ValueCodec.text().decode(noText))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ls:r1:/a/b:1048576", "ls:r1:/a\\:b:0:/c:512", "lä:r ü:/ä:0", "l\\:s:r:/a\\\\b:0"})
  void resourceIsReadAsOnTheCommandLine(String text) {
    LeaseResource resource = LeaseResource.parse(text);
    assertThat(resource).hasToString(text);
    assertThat(LeaseResource.parse(resource.toString())).isEqualTo(resource);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ls", "ls:r1", "ls:r1:/a", "ls:r1:/a:0:SH", "ls:r1:/a:0:7", ":r:/a:0"})
  void resourceWithoutPlaceOrWithModeIsRefused(String text) {
    assertThatThrownBy(() -> LeaseResource.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nameIsAtMost48Bytes() {
    assertThat(LeaseResource.of("l".repeat(48), "ä".repeat(24), "/d", 0).name()).hasSize(24);
    assertThatThrownBy(() -> LeaseResource.of("l", "ä".repeat(25), "/d", 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void backoffDoublesUpToItsEndAndIsUpToAHalfShorter() {
    RetryPolicy policy = RetryPolicy.backoff(Duration.ofMillis(100), Duration.ofMillis(350));
    long[] longest = {100, 200, 350, 350};
    for (int i = 0; i < longest.length; i++) {
      for (int round = 0; round < 100; round++) {
        assertThat(policy.pause(i + 1))
            .isBetween(Duration.ofMillis(longest[i] / 2), Duration.ofMillis(longest[i]));
      }
    }
    assertThat(policy.pause(Integer.MAX_VALUE)).isPositive();
  }

  @Test
  void killProgramEscapesItsArguments() {
    KillProgram program = new KillProgram("/bin/stop", List.of("a b", "c\\d"), true);
    assertThat(program.onWire().arguments()).isEqualTo("a\\ b c\\\\d");
    for (String bad : new String[] {"", "a\nb", "x".repeat(127)}) {
      assertThatThrownBy(() -> new KillProgram("/bin/stop", List.of(bad), false))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new KillProgram("stop", List.of(), false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void signalPoliciesAreRestrictions() {
    assertThat(SignalPolicy.TERM_THEN_KILL.restriction()).isEmpty();
    assertThat(SignalPolicy.ONLY_TERM.restriction()).containsExactly(RestrictFlag.NO_SIGKILL);
    assertThat(SignalPolicy.ONLY_KILL.restriction()).containsExactly(RestrictFlag.NO_SIGTERM);
  }

  @Test
  void eventIsNewAgainAfterAPause() {
    Repeats repeats = new Repeats();
    HostNotice notice = new HostNotice("ls", 2, 1, 1, 0);
    assertThat(repeats.isNew(notice, 0)).isTrue();
    assertThat(repeats.isNew(notice, TimeUnit.SECONDS.toNanos(40))).isFalse();
    assertThat(repeats.isNew(notice, TimeUnit.SECONDS.toNanos(80))).isFalse();
    assertThat(repeats.isNew(notice, TimeUnit.SECONDS.toNanos(130))).isTrue();
    assertThat(repeats.isNew(new HostNotice("ls", 2, 1, 1, 9), 0)).isTrue();
  }

  @Test
  void ownersAreGoneWhenTheirHostsAre() {
    Resource resource = Resource.named(LeaseName.of("ls"), LeaseName.of("r"));
    LeaseOwners owners = new LeaseOwners(resource, List.of(new Host(2, 5, 100, 0, 0)));
    assertThat(owners.mayBeAlive(List.of())).isFalse();
    assertThat(owners.mayBeAlive(List.of(host(5, HostState.LIVE)))).isTrue();
    assertThat(owners.mayBeAlive(List.of(host(5, HostState.FAIL)))).isTrue();
    assertThat(owners.mayBeAlive(List.of(host(5, HostState.UNKNOWN)))).isTrue();
    assertThat(owners.mayBeAlive(List.of(host(5, HostState.DEAD)))).isFalse();
    assertThat(owners.mayBeAlive(List.of(host(5, HostState.FREE)))).isFalse();
    assertThat(owners.mayBeAlive(List.of(host(6, HostState.LIVE)))).isFalse();
    assertThatThrownBy(() -> owners.mayBeAlive(List.of(host(4, HostState.LIVE))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Host host(long generation, HostState state) {
    return new Host(2, generation, 100, 10, state.number());
  }
}
