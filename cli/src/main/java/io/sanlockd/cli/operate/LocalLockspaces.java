package io.sanlockd.cli.operate;

import io.sanlockd.client.State;
import io.sanlockd.protocol.Lockspace;
import java.util.List;
import java.util.function.Consumer;

/** The lockspaces of a daemon in a sentence each. */
final class LocalLockspaces {
  private static final int MOST = 8;

  private final DaemonView view;

  LocalLockspaces(DaemonView view) {
    this.view = view;
  }

  void describe(Consumer<String> lines) {
    List<State> all = view.lockspaces();
    if (all.isEmpty()) {
      lines.accept("this daemon has no lockspace; join one with 'sanlock client add_lockspace'");
    }
    for (State state : all.subList(0, Math.min(MOST, all.size()))) {
      lines.accept("this daemon has " + describe(state));
    }
    if (all.size() > MOST) {
      lines.accept("and " + (all.size() - MOST) + " more lockspaces");
    }
  }

  private static String describe(State state) {
    Lockspace lockspace = state.lockspace().orElseThrow();
    String phase =
        switch (state.value("list").orElse("")) {
          case "add" -> ", being added";
          case "rem" -> ", being removed";
          default -> Values.number(state, "space_dead", 0) == 0 ? ", joined" : ", failed";
        };
    return "lockspace "
        + Bytes.toUnicode(lockspace.name().text())
        + " under host_id "
        + Long.toUnsignedString(lockspace.hostId())
        + " on "
        + Bytes.toUnicode(lockspace.disk().path())
        + ":"
        + Long.toUnsignedString(lockspace.disk().offset())
        + phase;
  }
}
