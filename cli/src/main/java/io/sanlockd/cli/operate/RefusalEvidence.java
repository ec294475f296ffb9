package io.sanlockd.cli.operate;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out why a request was refused, by asking the daemon what it knows and what lies on disk. It
 * changes nothing, takes no longer than {@link #LIMIT_MILLIS}, and what can not be found out is
 * left out: the result itself was reported before.
 */
public final class RefusalEvidence {
  /** The longest that evidence may delay the end of a command. */
  public static final long LIMIT_MILLIS = 5000;

  private final Refusal refusal;
  private final SanlockClient client;
  private final int fireTimeout;
  private final List<String> lines = new ArrayList<>();

  private RefusalEvidence(Refusal refusal, SanlockClient client, int fireTimeout) {
    this.refusal = refusal;
    this.client = client;
    this.fireTimeout = fireTimeout;
  }

  /**
   * Lines that tell what is behind a refusal; those found within the limit.
   *
   * @param endpoint the daemon that refused
   * @param fireTimeout watchdog_fire_timeout of this host
   */
  public static List<String> of(Refusal refusal, Endpoint endpoint, int fireTimeout) {
    SanlockClient client =
        new SanlockClient(endpoint.withReadTimeout(LIMIT_MILLIS, TimeUnit.MILLISECONDS));
    RefusalEvidence evidence = new RefusalEvidence(refusal, client, fireTimeout);
    Thread search = new Thread(evidence::search, "evidence");
    // A daemon or disk that does not answer shall not keep this program alive.
    search.setDaemon(true);
    search.start();
    try {
      search.join(LIMIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return evidence.found();
  }

  private List<String> found() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  private void add(String line) {
    synchronized (lines) {
      lines.add(line);
    }
  }

  private void search() {
    try {
      Optional<ResultCode> code = ResultCode.of(refusal.result());
      if (code.isPresent()) {
        collect(code.get());
      }
    } catch (SanlockException | RuntimeException e) {
      // An addition: without it the result and its advice stand for themselves.
      return;
    }
  }

  private void collect(ResultCode code) throws SanlockException {
    switch (refusal.action()) {
      case "acquire", "command", "convert", "request" -> lease(code);
      case "release", "inquire" -> process();
      case "add_lockspace" -> joining(code);
      case "rem_lockspace",
          "inq_lockspace",
          "set_event",
          "set_config",
          "host_status",
          "renewal",
          "examine",
          "shutdown" ->
          lockspaces();
      default -> {}
    }
  }

  private void lease(ResultCode code) throws SanlockException {
    switch (code) {
      case ESRCH -> process();
      case ENOSPC, ACQUIRE_LOCKSPACE -> lockspaces();
      case EBUSY, EEXIST, EUCLEAN, EALREADY -> {
        DaemonView view = DaemonView.read(client);
        boolean isHeldHere = new LocalHolders(view).describe(refusal.resources(), this::add);
        if (!isHeldHere) {
          new LocalHolders(view).process(refusal.pid(), this::add);
        }
      }
      case ENOENT, EGENERIC -> {
        missingDisks();
        // That registers itself.
        if (!refusal.action().equals("command")) {
          process();
        }
      }
      case EAGAIN,
          ACQUIRE_IDLIVE,
          ACQUIRE_OWNED,
          ACQUIRE_OTHER,
          ACQUIRE_SHRETRY,
          ACQUIRE_OWNED_RETRY,
          ACQUIRE_LVER,
          DBLOCK_LVER,
          DBLOCK_MBAL,
          REQUEST_OLD,
          REQUEST_LVER -> {
        DaemonView view = DaemonView.read(client);
        new LeaseHolders(client, view, fireTimeout).describe(refusal, this::add);
      }
      default -> {}
    }
  }

  private void missingDisks() {
    for (Resource resource : refusal.resources()) {
      for (Disk disk : resource.disks()) {
        if (Files.notExists(Path.of(disk.path()))) {
          add("there is no " + disk.path() + " on this host");
        }
      }
    }
  }

  private void process() throws SanlockException {
    new LocalHolders(DaemonView.read(client)).process(refusal.pid(), this::add);
  }

  private void lockspaces() throws SanlockException {
    new LocalLockspaces(DaemonView.read(client)).describe(this::add);
  }

  private void joining(ResultCode code) throws SanlockException {
    switch (code) {
      case EEXIST, EINPROGRESS, EINVAL, EBUSY -> lockspaces();
      case HOSTID_BUSY -> HostIdOwner.describe(refusal.lockspace(), fireTimeout, this::add);
      case WD_ERROR ->
          add(
              "the watchdog belongs to wdmd; 'sanlock doctor' says whether it runs and what it"
                  + " has");
      default -> {}
    }
  }
}
