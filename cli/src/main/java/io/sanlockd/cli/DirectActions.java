package io.sanlockd.cli;

import java.util.List;

/** Finds the class that serves an action of {@code sanlock direct} (cli.md 8). */
final class DirectActions {
  private static final String KNOWN =
      " init read_leader write_leader dump next_free format lookup update rebuild acquire release"
          + " acquire_id renew_id release_id ";

  private DirectActions() {}

  static List<String> names() {
    return List.of(KNOWN.strip().split(" ", -1));
  }

  static boolean isKnown(String action) {
    return !action.isEmpty() && action.indexOf(' ') < 0 && KNOWN.contains(" " + action + " ");
  }

  /** Whether the word after the action is a place on a disk. */
  static boolean takesPlace(String action) {
    return action.equals("dump") || action.equals("next_free");
  }

  /**
   * Runs an action and gives the exit status.
   *
   * @param place the word after the action, if it takes one
   */
  static int run(String action, String place, Session session) {
    session.leaveDaemonAside();
    DirectStorage storage = new DirectStorage(session);
    return switch (action) {
      case "init" -> new DirectInit(session, storage).run();
      case "dump" -> new DumpAction(session, storage).run(place);
      case "next_free" -> new NextFreeAction(session, storage).run(place);
      case "read_leader", "write_leader" -> new LeaderActions(session, storage).run(action);
      case "acquire", "release" -> new DirectLeases(session, storage).run(action);
      case "acquire_id", "renew_id", "release_id" ->
          new DirectHostIds(session, storage).run(action);
      default -> new DirectIndexes(session, storage).run(action);
    };
  }
}
