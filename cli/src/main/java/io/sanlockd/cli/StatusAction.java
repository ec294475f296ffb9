package io.sanlockd.cli;

import io.sanlockd.client.Requests;
import io.sanlockd.client.State;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import io.sanlockd.protocol.StateRecord;
import java.util.ArrayList;
import java.util.List;

/** {@code status}: everything the daemon holds, perhaps sorted (cli.md 6.1). */
final class StatusAction {
  private static final int EVERYTHING = 0;
  private static final int NOT_REGISTERED = -1;

  private final Session session;
  private final boolean withDetails;

  StatusAction(Session session) {
    this.session = session;
    this.withDetails = session.options().has('D');
  }

  int run() {
    List<State> states = new ArrayList<>();
    int result = ReportActions.read(session, Requests.status(EVERYTHING), states);
    String sort = session.options().has('o') ? session.options().text('o') : "";
    if (sort.startsWith("p")) {
      printByProcess(states);
    } else if (sort.startsWith("s")) {
      printByLockspace(states);
    } else {
      for (int i = 0; i < states.size(); i++) {
        print(states.get(i));
      }
    }
    return session.finish(result);
  }

  private void printByProcess(List<State> states) {
    List<State> left = new ArrayList<>(states);
    printAndRemove(left, StateRecord.DAEMON, false);
    printAndRemove(left, StateRecord.CLIENT, true);
    printAndRemove(left, StateRecord.LOCKSPACE, false);
    for (State process : ofType(left, StateRecord.CLIENT)) {
      print(process);
      left.remove(process);
      for (State lease : ofType(left, StateRecord.RESOURCE)) {
        if (lease.entry().data32() == process.entry().data32()) {
          print(lease);
          left.remove(lease);
        }
      }
    }
    printLeftovers(left);
  }

  private void printByLockspace(List<State> states) {
    List<State> left = new ArrayList<>(states);
    printAndRemove(left, StateRecord.DAEMON, false);
    printAndRemove(left, StateRecord.CLIENT, true);
    printAndRemove(left, StateRecord.CLIENT, false);
    for (State space : ofType(left, StateRecord.LOCKSPACE)) {
      print(space);
      left.remove(space);
      for (State lease : ofType(left, StateRecord.RESOURCE)) {
        if (lease.resource().orElseThrow().lockspaceName().equals(space.entry().name())) {
          print(lease);
          left.remove(lease);
        }
      }
    }
    printLeftovers(left);
  }

  private void printLeftovers(List<State> left) {
    if (!left.isEmpty()) {
      session.out().line("-");
    }
    for (State state : left) {
      print(state);
    }
  }

  private void printAndRemove(List<State> left, int type, boolean onlyUnregistered) {
    for (State state : ofType(left, type)) {
      if (!onlyUnregistered || state.entry().data32() == NOT_REGISTERED) {
        print(state);
        left.remove(state);
      }
    }
  }

  private static List<State> ofType(List<State> states, int type) {
    List<State> found = new ArrayList<>();
    for (State state : states) {
      if (state.entry().type() == type) {
        found.add(state);
      }
    }
    return found;
  }

  private void print(State state) {
    StateRecord entry = state.entry();
    switch (entry.type()) {
      case StateRecord.DAEMON -> session.out().line("daemon " + entry.name().text());
      case StateRecord.CLIENT ->
          session.out().line("p " + entry.data32() + " " + entry.name().text());
      case StateRecord.LOCKSPACE -> lockspace(state.lockspace().orElseThrow(), entry.text());
      case StateRecord.RESOURCE -> lease(state.resource().orElseThrow(), entry);
      default -> {
        return;
      }
    }
    if (withDetails) {
      KeyValueLines.print(session.out(), entry.text());
    }
  }

  private void lockspace(Lockspace lockspace, String text) {
    session.out().line("s " + LockspaceText.formatEscaped(lockspace) + word(text));
  }

  private void lease(Resource lease, StateRecord entry) {
    String place = ResourceText.format(lease, entry.data64());
    session.out().line("r " + place + " p " + entry.data32() + word(entry.text()));
  }

  private static String word(String text) {
    if (text.contains("list=add")) {
      return " ADD";
    }
    if (text.contains("list=rem")) {
      return " REM";
    }
    return text.contains("list=orphan") ? " ORPHAN" : "";
  }
}
