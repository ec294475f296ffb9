package io.sanlockd.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.status.StateText;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ConfigValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SET_CONFIG (protocol.md 8.33; lockspace.md 11). */
class SetConfigTest {
  private static final int ENOENT = -2;
  private static final int EINVAL = -22;
  private static final int ENOSPC = -28;

  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a").join(1, 1);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private int set(String name, int value) {
    VirtualClient client = daemon.client();
    client.lockspace(Command.SET_CONFIG, 0, value, name, 0, "", 0);
    assertThat(client.closed()).isTrue();
    return client.lastResult();
  }

  private Lockspace lockspace() {
    return daemon.lockspaces().find(LeaseName.of("LS")).orElseThrow();
  }

  @Test
  void eachValueSetsOrClearsOneFlagThatStatusShows() {
    assertThat(set("LS", ConfigValue.USED)).isZero();
    assertThat(StateText.lockspace(lockspace())).contains(" external_used=1 used_by_orphans=0 ");
    assertThat(set("LS", ConfigValue.USED_BY_ORPHANS)).isZero();
    assertThat(set("LS", ConfigValue.UNUSED)).isZero();
    assertThat(StateText.lockspace(lockspace())).contains(" external_used=0 used_by_orphans=1 ");
    assertThat(set("LS", ConfigValue.UNUSED_BY_ORPHANS)).isZero();
    assertThat(StateText.lockspace(lockspace())).contains(" external_used=0 used_by_orphans=0 ");
  }

  @Test
  void otherValuesAreInvalidAndChangeNothing() {
    assertThat(set("LS", 0)).isEqualTo(EINVAL);
    assertThat(set("LS", ConfigValue.USED | ConfigValue.UNUSED)).isEqualTo(EINVAL);
    assertThat(set("LS", 16)).isEqualTo(EINVAL);

    assertThat(lockspace().externalUsed()).isFalse();
    assertThat(lockspace().usedByOrphans()).isFalse();
  }

  @Test
  void anUnknownLockspaceIsNotThere() {
    assertThat(set("LX", ConfigValue.USED)).isEqualTo(ENOENT);
  }

  @Test
  void noNewUseOfALockspaceThatIsBeingRemovedButAnOldOneEnds() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);

    assertThat(set("LS", ConfigValue.USED)).isEqualTo(ENOSPC);
    assertThat(set("LS", ConfigValue.USED_BY_ORPHANS)).isEqualTo(ENOSPC);
    assertThat(set("LS", ConfigValue.UNUSED)).isZero();
    assertThat(set("LS", ConfigValue.UNUSED_BY_ORPHANS)).isZero();
    holder.die();
  }
}
