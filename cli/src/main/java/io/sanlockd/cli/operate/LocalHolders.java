package io.sanlockd.cli.operate;

import io.sanlockd.client.State;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Processes and leases of this host, as its daemon lists them. */
final class LocalHolders {
  private static final int MOST = 8;

  private final DaemonView view;

  LocalHolders(DaemonView view) {
    this.view = view;
  }

  /** Says for each of the resources who has it here; whether any is. */
  boolean describe(List<Resource> resources, Consumer<String> lines) {
    boolean isAny = false;
    for (Resource resource : resources) {
      List<State> uses = new ArrayList<>();
      for (State lease : view.leases()) {
        if (isSame(lease, resource)) {
          uses.add(lease);
        }
      }
      for (State use : uses.subList(0, Math.min(MOST, uses.size()))) {
        isAny = true;
        lines.accept(LeaseHolders.name(resource) + " " + describe(use));
      }
    }
    return isAny;
  }

  private static boolean isSame(State lease, Resource resource) {
    return lease
        .resource()
        .filter(found -> found.lockspaceName().equals(resource.lockspaceName()))
        .filter(found -> found.name().equals(resource.name()))
        .isPresent();
  }

  private String describe(State use) {
    String process = view.process(use.entry().data32());
    return switch (use.value("list").orElse("")) {
      case "orphan" ->
          "is an orphan on this host; adopt it with 'acquire -O 1' or end it with 'release -O 1'";
      case "add" -> "is being acquired on this host for process " + process;
      case "rem" -> "is being released on this host; try again in a moment";
      default ->
          "is held on this host by process "
              + process
              + ", version "
              + Long.toUnsignedString(use.entry().data64());
    };
  }

  /** Says whether a process is registered and what it holds. */
  void process(int pid, Consumer<String> lines) {
    boolean isRegistered = view.processes().stream().anyMatch(s -> s.entry().data32() == pid);
    if (!isRegistered) {
      String known =
          view.processes().stream()
              .limit(MOST)
              .map(state -> view.process(state.entry().data32()))
              .collect(Collectors.joining(", "));
      lines.accept(
          (pid < 0 ? "no process was named (-p PID)" : "process " + pid + " is not registered")
              + "; "
              + (known.isEmpty() ? "none is" : "registered: " + known));
      return;
    }
    String held =
        view.leases().stream()
            .filter(lease -> lease.entry().data32() == pid)
            .limit(MOST)
            .map(lease -> LeaseHolders.name(lease.resource().orElseThrow()))
            .collect(Collectors.joining(", "));
    lines.accept(
        "process " + view.process(pid) + (held.isEmpty() ? " holds no lease" : " holds " + held));
  }
}
