package io.sanlockd.cli;

import java.util.List;

/** Finds the class that serves an action of {@code sanlock client} (cli.md 5). */
final class ClientActions {
  private static final String KNOWN =
      " status gets host_status renewal log_dump metrics version shutdown init write read"
          + " add_lockspace inq_lockspace rem_lockspace command acquire convert release inquire request examine"
          + " align set_event set_config format create delete lookup update rebuild ";

  private ClientActions() {}

  static List<String> names() {
    return List.of(KNOWN.strip().split(" ", -1));
  }

  static boolean isKnown(String action) {
    return !action.isEmpty() && action.indexOf(' ') < 0 && KNOWN.contains(" " + action + " ");
  }

  static int run(String action, Session session) {
    return switch (action) {
      case "status" -> new StatusAction(session).run();
      case "gets", "host_status", "renewal", "log_dump", "version" ->
          new ReportActions(session).run(action);
      case "metrics" -> new MetricsAction(session).run();
      case "init", "write", "read", "align" -> new StorageActions(session).run(action);
      case "command" -> new CommandAction(session).run();
      case "acquire", "convert", "release", "inquire", "request", "examine" ->
          new LeaseActions(session).run(action);
      case "format", "create", "delete", "lookup", "update", "rebuild" ->
          new IndexActions(session).run(action);
      default -> new LockspaceActions(session).run(action);
    };
  }
}
