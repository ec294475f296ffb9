package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Whom the daemon becomes (recovery.md 11 and 12). */
class IdentityTest {
  private static final DaemonOptions.Accounts BOTH =
      accounts(Map.of("sanlock", 102, "vm", 1000, "root", 0), Map.of("sanlock", 105, "disk", 6));

  private static DaemonOptions.Accounts accounts(
      Map<String, Integer> users, Map<String, Integer> groups) {
    return new DaemonOptions.Accounts() {
      @Override
      public OptionalInt uid(String user) {
        return find(users, user);
      }

      @Override
      public OptionalInt gid(String group) {
        return find(groups, group);
      }
    };
  }

  private static OptionalInt find(Map<String, Integer> ids, String name) {
    return ids.containsKey(name) ? OptionalInt.of(ids.get(name)) : OptionalInt.empty();
  }

  private static Identity privileged(DaemonOptions.Accounts accounts, String... words)
      throws DaemonOptions.BadOption {
    return Identity.of(DaemonOptions.parse(words, accounts), true, true, accounts);
  }

  @Test
  void theAccountSanlockWhenBothUserAndGroupExist() throws Exception {
    assertThat(privileged(BOTH)).isEqualTo(new Identity(102, 105, Optional.of("sanlock")));
    assertThat(privileged(BOTH).givesUpRoot()).isTrue();
    assertThat(privileged(accounts(Map.of("sanlock", 102), Map.of())))
        .isEqualTo(new Identity(0, 0, Optional.empty()));
    assertThat(privileged(accounts(Map.of(), Map.of("sanlock", 105))))
        .isEqualTo(new Identity(0, 0, Optional.empty()));
  }

  @Test
  void optionsNameAnotherUserOrGroup() throws Exception {
    assertThat(privileged(BOTH, "-U", "vm")).isEqualTo(new Identity(1000, 105, Optional.of("vm")));
    assertThat(privileged(BOTH, "-G", "disk"))
        .isEqualTo(new Identity(102, 6, Optional.of("sanlock")));
    Identity root = privileged(BOTH, "-U", "root");
    assertThat(root).isEqualTo(new Identity(0, 105, Optional.of("root")));
    assertThat(root.givesUpRoot()).isFalse();
  }

  @Test
  void anUnknownNameIsRootAndNobodyIsBecome() throws Exception {
    assertThat(privileged(BOTH, "-U", "nobody-knows"))
        .isEqualTo(new Identity(0, 105, Optional.empty()));
    assertThat(privileged(BOTH, "-G", "nobody-knows"))
        .isEqualTo(new Identity(102, 0, Optional.empty()));
  }

  @Test
  void anUnprivilegedDaemonBecomesNobody() throws Exception {
    DaemonOptions options = DaemonOptions.parse(new String[] {"-U", "vm"}, BOTH);
    assertThat(Identity.of(options, false, true, BOTH))
        .isEqualTo(new Identity(1000, 105, Optional.empty()));
    assertThat(Identity.of(options, false, false, BOTH))
        .isEqualTo(new Identity(1000, -1, Optional.empty()));
  }
}
