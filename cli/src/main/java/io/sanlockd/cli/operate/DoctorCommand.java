package io.sanlockd.cli.operate;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.State;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sanlock doctor}: examines this host, and storage and lockspaces on it. */
@Command(
    name = "sanlock doctor",
    description = {
      "Examines run directory and daemon, watchdog and wdmd, clock and limits of this host; the"
          + " storage of each PATH: direct I/O, sectors, latency against the io_timeout; and"
          + " lockspaces: renewals, host_ids and host names used twice. Lockspaces that the daemon"
          + " has joined are examined without being named.",
      "Reads only: nothing is written to a disk, nothing is armed, nobody is disturbed."
    },
    footer = {
      "",
      ExitStatus.TEXT,
      "",
      "Examples:",
      "  sanlock doctor",
      "  sanlock doctor /dev/vg/leases --io-timeout 5",
      "  sanlock doctor -s LS1:1:/dev/vg/leases:0      before joining it"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int LIMIT_SECONDS = 5;

  private final Setting setting;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH[:OFFSET]",
      arity = "0..*",
      description = "Files or devices for leases; OFFSET may end in M.")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = {"-s", "--lockspace"},
      paramLabel = "LOCKSPACE",
      description = "NAME of a joined one, or NAME:HOST_ID:PATH:OFFSET; may be repeated.")
  private List<String> lockspaces = new ArrayList<>();

  @Option(
      names = {"-o", "--io-timeout"},
      paramLabel = "SECONDS",
      description = "What latencies are compared with (${DEFAULT-VALUE}).")
  private int ioTimeout = 10;

  @Option(names = "--json", description = "Prints JSON (docs/json.md).")
  private boolean wantsJson;

  DoctorCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    List<AreaPlace> places = places();
    Checkup checkup = new Checkup();
    SanlockClient client =
        new SanlockClient(setting.endpoint().withReadTimeout(LIMIT_SECONDS, TimeUnit.SECONDS));
    SystemFiles files = new SystemFiles(Path.of("/"));
    int fireTimeout = setting.fireTimeoutSeconds().getAsInt();
    RunDirectoryCheck runDirectory = new RunDirectoryCheck(checkup, client);
    Optional<DaemonView> daemon = runDirectory.run();
    new WatchdogCheck(checkup, files, fireTimeout).run(daemon);
    new HostCheck(checkup, files).run(runDirectory.pid(), daemon);
    for (AreaPlace place : places) {
      new StorageCheck(checkup, ioTimeout, fireTimeout).run(place);
    }
    for (Lockspace lockspace : wanted(daemon)) {
      new MembershipCheck(checkup, client, daemon).run(lockspace);
    }
    return report(checkup);
  }

  private List<AreaPlace> places() {
    if (ioTimeout < 1 || ioTimeout > 255) {
      throw new ParameterException(
          spec.commandLine(), "sanlock: --io-timeout " + ioTimeout + " is not in 1..255");
    }
    List<AreaPlace> places = new ArrayList<>();
    for (String path : paths) {
      try {
        places.add(AreaPlace.parse(path));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "sanlock: " + e.getMessage(), e);
      }
    }
    return places;
  }

  /** Those named, and those joined. */
  private List<Lockspace> wanted(Optional<DaemonView> daemon) {
    Map<String, Lockspace> wanted = new LinkedHashMap<>();
    for (String text : lockspaces) {
      Lockspace named = LockspaceText.parseArgument(Bytes.of(text), Lockspace.NONE);
      wanted.put(named.name().text(), named);
    }
    daemon.ifPresent(
        view -> {
          for (State state : view.lockspaces()) {
            wanted.putIfAbsent(state.entry().name().text(), Lockspace.named(state.entry().name()));
          }
        });
    return List.copyOf(wanted.values());
  }

  private int report(Checkup checkup) {
    List<Finding> all = checkup.all();
    Severity worst = Finding.worst(all);
    if (wantsJson) {
      setting
          .console()
          .line(
              Json.document(
                  "doctor",
                  worst.exitStatus(),
                  Json.object(
                      "sections", checkup.json(),
                      "errors", Finding.count(all, Severity.ERROR),
                      "warnings", Finding.count(all, Severity.WARNING))));
      return worst.exitStatus();
    }
    checkup.print(setting.console());
    setting.console().line("");
    setting
        .console()
        .line(
            "Verdict: "
                + switch (worst) {
                  case OK, NOTE -> "healthy";
                  case WARNING ->
                      "works, with " + Finding.count(all, Severity.WARNING) + " warnings";
                  case ERROR ->
                      "not ready: "
                          + Finding.count(all, Severity.ERROR)
                          + " errors, "
                          + Finding.count(all, Severity.WARNING)
                          + " warnings";
                });
    return worst.exitStatus();
  }
}
