package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.StateRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the daemon tells of its lockspaces. */
class SnapshotTest {
  private static final LeaseName LS = LeaseName.of("ls");
  private static final String DAEMON = "helper_pid=1 monotime=1000 version_str=3.8.5";
  private static final String LOCKSPACE =
      "list=spaces space_id=1 io_timeout=10 host_generation=8 space_dead=0 killing_pids=0"
          + " renewal_last_success=993";

  private static List<State> status(String daemon, String lockspace) {
    return List.of(state(StateRecord.DAEMON, daemon), state(StateRecord.LOCKSPACE, lockspace));
  }

  private static State state(int type, String text) {
    StateRecord record = new StateRecord(type, 0, 0, 3, LS, text);
    return new State(record, Optional.empty(), Optional.empty());
  }

  @Test
  void tellsTheAgeOfTheRenewalAndWhetherTheLockspaceIsUsable() throws Exception {
    assertThat(Snapshot.of(status(DAEMON, LOCKSPACE)).space(LS))
        .contains(new Snapshot.Space(3, 8, 10, 7, true));
    for (String change : List.of("list=rem", "space_dead=1", "killing_pids=1")) {
      String key = change.substring(0, change.indexOf('='));
      String lockspace = LOCKSPACE.replaceAll(key + "=\\w+", change);
      assertThat(Snapshot.of(status(DAEMON, lockspace)).space(LS).orElseThrow().isUsable())
          .as(change)
          .isFalse();
    }
  }

  /** Otherwise a text cut short would be one of a lockspace that is well. */
  @ParameterizedTest
  @ValueSource(
      strings = {"monotime", "io_timeout", "space_dead", "killing_pids", "renewal_last_success"})
  void numberThatIsNotToldConfirmsNothing(String key) {
    String cut = " ?" + key + "=\\d+";
    List<State> status = status(DAEMON.replaceAll(cut, ""), LOCKSPACE.replaceAll(cut, ""));
    assertConfirmsNothing(status);
  }

  @Test
  void renewalWithoutAPresentConfirmsNothing() {
    assertConfirmsNothing(List.of(state(StateRecord.LOCKSPACE, LOCKSPACE)));
    assertConfirmsNothing(status("monotime=992", LOCKSPACE));
  }

  private static void assertConfirmsNothing(List<State> status) {
    SanlockException error =
        catchThrowableOfType(SanlockException.class, () -> Snapshot.of(status));
    assertThat(error.number()).isEqualTo(-1);
  }
}
