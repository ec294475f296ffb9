package io.sanlockd.cli.operate;

import io.sanlockd.client.DaemonVersion;
import io.sanlockd.client.LeaseOwners;
import io.sanlockd.client.LockspaceOnDisk;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceFlags;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the actions that show something answer under {@code --json}: the same questions to the
 * daemon as for their text, as objects (docs/json.md).
 */
public final class JsonAnswers {
  private static final int NOT_READY = -11;

  private final SanlockClient client;
  private final Question question;

  /**
   * What was asked.
   *
   * @param lockspace of {@code -s}
   * @param resources of {@code -r}, with size flags
   * @param withHosts {@code -h 1}
   */
  public record Question(
      String action, Lockspace lockspace, List<Resource> resources, int pid, boolean withHosts) {}

  private JsonAnswers(SanlockClient client, Question question) {
    this.client = client;
    this.question = question;
  }

  /**
   * The data of an answer.
   *
   * @return empty for an action that shows nothing but its result
   * @throws SanlockException when the daemon refuses or is not there
   */
  public static Optional<Map<String, Object>> of(SanlockClient client, Question question)
      throws SanlockException {
    return Optional.ofNullable(new JsonAnswers(client, question).answer());
  }

  /** Whether an action is answered here. */
  public static boolean shows(Question question) {
    return switch (question.action) {
      case "status", "gets", "host_status", "version", "log_dump", "inquire" -> true;
      case "renewal" -> !question.lockspace.name().isEmpty();
      case "read" -> !question.lockspace.disk().path().isEmpty() || !question.resources.isEmpty();
      default -> false;
    };
  }

  private Map<String, Object> answer() throws SanlockException {
    return switch (question.action) {
      case "status" -> status();
      case "gets" -> gets();
      case "host_status" -> hostStatus();
      case "renewal" -> renewal();
      case "version" -> version();
      case "log_dump" -> Json.object("lines", client.logDump().lines().map(this::text).toList());
      case "inquire" ->
          Json.object("leases", client.inquire(question.pid).stream().map(this::lease).toList());
      case "read" -> read();
      default -> null;
    };
  }

  private Map<String, Object> status() throws SanlockException {
    DaemonView view = DaemonView.read(client);
    List<Object> clients = new ArrayList<>();
    for (State state : view.connections()) {
      clients.add(
          entry(state, "pid", state.entry().data32(), "name", text(state.entry().name().text())));
    }
    List<Object> lockspaces = new ArrayList<>();
    for (State state : view.lockspaces()) {
      Map<String, Object> object = lockspace(state.lockspace().orElseThrow());
      StateText.addTo(object, state);
      lockspaces.add(object);
    }
    List<Object> leases = new ArrayList<>();
    for (State state : view.leases()) {
      Map<String, Object> object =
          lease(state.resource().orElseThrow().withLver(state.entry().data64()));
      object.put("pid", state.entry().data32());
      StateText.addTo(object, state);
      leases.add(object);
    }
    return Json.object(
        "daemon", view.daemon().map(state -> (Object) entry(state)).orElse(null),
        "clients", clients,
        "lockspaces", lockspaces,
        "leases", leases);
  }

  private Map<String, Object> gets() throws SanlockException {
    List<Object> lockspaces = new ArrayList<>();
    for (Lockspace lockspace : client.lockspaces()) {
      Map<String, Object> object = lockspace(lockspace);
      object.put("adding", (lockspace.flags() & LockspaceFlags.ADD) != 0);
      object.put("removing", (lockspace.flags() & LockspaceFlags.REM) != 0);
      if (question.withHosts) {
        addHosts(object, lockspace.name());
      }
      lockspaces.add(object);
    }
    return Json.object("lockspaces", lockspaces);
  }

  private void addHosts(Map<String, Object> object, LeaseName lockspace) throws SanlockException {
    try {
      List<Object> hosts = new ArrayList<>();
      for (Host host : client.hosts(lockspace, 0)) {
        if (host.timestamp() != 0) {
          Map<String, Object> found = host(host);
          found.put("io_timeout", host.ioTimeoutSeconds());
          found.put("state", host.state().name());
          hosts.add(found);
        }
      }
      object.put("hosts", hosts);
    } catch (SanlockException e) {
      if (e.number() != NOT_READY) {
        throw e;
      }
      object.put("hosts", null);
    }
  }

  private Map<String, Object> hostStatus() throws SanlockException {
    List<LeaseName> names = new ArrayList<>();
    if (question.lockspace.name().isEmpty()) {
      DaemonView.read(client).lockspaces().forEach(state -> names.add(state.entry().name()));
    } else {
      names.add(question.lockspace.name());
    }
    List<Object> lockspaces = new ArrayList<>();
    for (LeaseName name : names) {
      List<Object> hosts = new ArrayList<>();
      for (State state : client.hostStatus(name)) {
        hosts.add(entry(state, "host_id", Integer.toUnsignedLong(state.entry().data32())));
      }
      lockspaces.add(Json.object("name", text(name.text()), "hosts", hosts));
    }
    return Json.object("lockspaces", lockspaces);
  }

  private Map<String, Object> renewal() throws SanlockException {
    List<Object> renewals = new ArrayList<>();
    for (State state : client.renewals(question.lockspace.name())) {
      renewals.add(entry(state));
    }
    return Json.object("lockspace", text(question.lockspace.name().text()), "renewals", renewals);
  }

  private Map<String, Object> version() throws SanlockException {
    DaemonVersion version = client.version();
    int number = version.number();
    return Json.object(
        "daemon", (number >>> 24) + "." + (number >>> 16 & 0xff) + "." + (number >>> 8 & 0xff),
        "daemon_number", Integer.toUnsignedLong(number),
        "protocol", (version.protocol() >>> 16) + "." + (version.protocol() & 0xffff));
  }

  private Map<String, Object> read() throws SanlockException {
    if (!question.lockspace.disk().path().isEmpty()) {
      LockspaceOnDisk found = client.readLockspace(question.lockspace);
      Map<String, Object> object = lockspace(found.lockspace());
      object.put("io_timeout", found.ioTimeoutSeconds());
      addSizes(object, found.lockspace().flags());
      return Json.object("lockspace", object);
    }
    Resource asked = question.resources.get(0);
    if (!question.withHosts) {
      Resource found = client.readResource(asked);
      return Json.object("lease", sized(found.withDisks(asked.disks())));
    }
    LeaseOwners owners = client.readResourceOwners(asked);
    return Json.object(
        "lease", sized(owners.resource().withDisks(asked.disks())),
        "owners", owners.owners().stream().map(this::host).toList());
  }

  private Map<String, Object> sized(Resource resource) {
    Map<String, Object> object = lease(resource);
    addSizes(object, resource.flags());
    return object;
  }

  private static void addSizes(Map<String, Object> object, int flags) {
    Optional<Geometry> geometry = Geometry.ofApiFlags(flags);
    object.put("sector_size", geometry.map(Geometry::sectorSize).orElse(0));
    object.put("align_size", geometry.map(Geometry::alignSize).orElse(0));
  }

  private Map<String, Object> host(Host host) {
    return Json.object(
        "host_id", Json.unsigned(host.hostId()),
        "generation", Json.unsigned(host.generation()),
        "timestamp", Json.unsigned(host.timestamp()));
  }

  private Map<String, Object> lockspace(Lockspace lockspace) {
    return Json.object(
        "name", text(lockspace.name().text()),
        "host_id", Json.unsigned(lockspace.hostId()),
        "path", text(lockspace.disk().path()),
        "offset", Json.unsigned(lockspace.disk().offset()));
  }

  private Map<String, Object> lease(Resource resource) {
    List<Object> disks = new ArrayList<>();
    for (Disk disk : resource.disks()) {
      disks.add(Json.object("path", text(disk.path()), "offset", Json.unsigned(disk.offset())));
    }
    return Json.object(
        "lockspace", text(resource.lockspaceName().text()),
        "name", text(resource.name().text()),
        "disks", disks,
        "lver", Json.unsigned(resource.lver()),
        "shared", resource.has(ResourceFlags.SHARED));
  }

  private String text(String bytes) {
    return Bytes.toUnicode(bytes);
  }

  private static Map<String, Object> entry(State state, Object... pairs) {
    Map<String, Object> object = Json.object(pairs);
    StateText.addTo(object, state);
    return object;
  }
}
