package io.sanlockd.daemon.command;

import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceFlags;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Commands that read or initialise areas on storage for any client, without any lease: ALIGN,
 * WRITE_* and READ_* (protocol.md 8.12, 8.18 to 8.21, 8.24; v5.md 6.2). The disk part runs on a
 * worker.
 *
 * @param workers run the disk part
 * @param opener opens the disks
 * @param clock for the time in cleared records
 * @param writeTimeoutNanos limit of one initialisation write
 * @param log says why something failed
 */
record DiskCommands(
    Workers workers, DiskOpener opener, Clock clock, long writeTimeoutNanos, LeaseLog log) {
  /** The flags of a lockspace that reading it decides. */
  private static final int FOUND_LOCKSPACE_FLAGS =
      Geometry.ALIGN_FLAGS
          | Geometry.SECTOR_FLAGS
          | LockspaceFlags.NO_TIMEOUT
          | LockspaceFlags.USING_CAW;

  private static final long READ_TIMEOUT_NANOS = LeaseTimes.DEFAULT_IO_TIMEOUT * Clock.SECOND_NANOS;

  interface DiskWork {
    int run() throws LeaseException;
  }

  /** Answers with a number; a failure is logged and becomes its number. */
  void replyFromWorker(Request request, String what, DiskWork work) {
    onWorker(
        request,
        () -> {
          try {
            return work.run();
          } catch (LeaseException e) {
            log.debug(what + ": " + e.getMessage());
            return e.result();
          }
        },
        request::reply);
  }

  /** Refuses the request when too many are waiting already. */
  private <T> void onWorker(Request request, Supplier<T> work, Consumer<T> then) {
    if (!workers.offer(work, then)) {
      log.error("too many requests are waiting for a worker");
      request.refuse(ResultCode.ENOMEM.number());
    }
  }

  /** Opens a lockspace's disk; whatever goes wrong is -19. */
  private LeaseDisk openLockspace(String path) throws LeaseException {
    if (path.isEmpty()) {
      throw new LeaseException(ResultCode.ENODEV, "no path given");
    }
    try {
      return opener.open(path);
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.ENODEV, e.getMessage());
    }
  }

  /** The sizes asked for, or the default of the storage. */
  static Geometry sizes(int flags, LeaseDisk disk) throws LeaseException {
    Optional<Geometry> geometry =
        Geometry.isUnset(flags)
            ? Geometry.ofSectorSize(disk.storageSectorSize())
            : Geometry.ofApiFlags(flags);
    return geometry.orElseThrow(
        () -> new LeaseException(ResultCode.EGENERIC, "invalid sector and align size"));
  }

  /** ALIGN: the default align size of a device. */
  void align(Request request) throws ProtocolException {
    Disk disk = Disk.decode(request.payload());
    replyFromWorker(
        request,
        "align " + disk.path(),
        () -> {
          try (LeaseDisk open = openLockspace(disk.path())) {
            return Geometry.ofSectorSize(open.storageSectorSize())
                .map(Geometry::alignSize)
                .orElse(ResultCode.EINVAL.number());
          }
        });
  }

  /** WRITE_LOCKSPACE: initialises a lockspace area. */
  void writeLockspace(Request request) throws ProtocolException {
    Lockspace wanted = Lockspace.decode(request.payload());
    int given = request.header().data2();
    int ioTimeout = given == 0 ? LeaseTimes.DEFAULT_IO_TIMEOUT : given;
    replyFromWorker(
        request,
        "write_lockspace " + wanted.name(),
        () -> {
          if (ioTimeout < 0 || ioTimeout > LeaseTimes.MAX_IO_TIMEOUT) {
            return ResultCode.EINVAL.number();
          }
          try (LeaseDisk disk = openLockspace(wanted.disk().path())) {
            new LockspaceArea(disk, wanted.disk().offset())
                .initialize(
                    sizes(wanted.flags(), disk), wanted.name(), ioTimeout, writeTimeoutNanos);
            return 0;
          }
        });
  }

  /** WRITE_RESOURCE: initialises or clears a resource area on each of its disks. */
  void writeResource(Request request) throws ProtocolException {
    Resource wanted = Resource.decodeWithDisks(request.payload());
    if (!wanted.hasUsableDiskCount()) {
      request.reply(ResultCode.ERANGE.number());
      return;
    }
    int numHosts = request.header().data();
    boolean clear = request.hasFlag(CommandFlags.WRITE_CLEAR);
    replyFromWorker(
        request,
        "write_resource " + wanted.name(),
        () -> {
          List<LeaseDisk> disks = new ArrayList<>();
          try {
            // None is written unless all can be: half a lease is of no use to anybody.
            for (Disk place : wanted.disks()) {
              disks.add(opener.open(place.path()));
            }
            for (int i = 0; i < disks.size(); i++) {
              long offset = wanted.disks().get(i).offset();
              writeArea(new ResourceArea(disks.get(i), offset), wanted, numHosts, clear);
            }
            return 0;
          } finally {
            disks.forEach(LeaseDisk::close);
          }
        });
  }

  private void writeArea(ResourceArea area, Resource wanted, int numHosts, boolean clear)
      throws LeaseException {
    Geometry geometry = sizes(wanted.flags(), area.disk());
    if (clear) {
      area.clear(
          geometry,
          wanted.lockspaceName(),
          wanted.name(),
          numHosts,
          clock.seconds(),
          writeTimeoutNanos);
    } else {
      area.initialize(geometry, wanted.lockspaceName(), wanted.name(), numHosts, writeTimeoutNanos);
    }
  }

  /**
   * What was read of a lockspace.
   *
   * @param host owner of the slot, all zero when reading failed
   */
  private record LockspaceFound(int result, int ioTimeout, Lockspace lockspace, Host host) {}

  private static final Host NO_HOST = new Host(0, 0, 0, 0, 0);

  /** READ_LOCKSPACE: the structure follows even when reading failed. */
  void readLockspace(Request request) throws ProtocolException {
    Lockspace wanted = Lockspace.decode(request.payload());
    onWorker(
        request,
        () -> findLockspace(wanted),
        found ->
            request.reply(
                found.result, found.ioTimeout, Lockspace.LENGTH, found.lockspace::encode));
  }

  /** READ_LOCKSPACE_HOST: as {@link #readLockspace}, with the owner of the slot (v5.md 6.2). */
  void readLockspaceHost(Request request) throws ProtocolException {
    Lockspace wanted = Lockspace.decode(request.payload());
    onWorker(
        request,
        () -> findLockspace(wanted),
        found -> {
          // Later versions say "no lease there" about a slot beyond the area.
          int result =
              found.result == ResultCode.EMSGSIZE.number()
                  ? ResultCode.LEADER_MAGIC.number()
                  : found.result;
          request.reply(
              result,
              found.ioTimeout,
              Lockspace.LENGTH + Host.LENGTH,
              body -> {
                found.lockspace.encode(body);
                found.host.encode(body);
              });
        });
  }

  private LockspaceFound findLockspace(Lockspace wanted) {
    long hostId = wanted.hostId() == 0 ? 1 : wanted.hostId();
    try (LeaseDisk disk = openLockspace(wanted.disk().path())) {
      LockspaceArea area = new LockspaceArea(disk, wanted.disk().offset());
      Optional<Geometry> hint = Geometry.ofApiFlags(wanted.flags());
      Geometry geometry = hint.isPresent() ? hint.get() : area.detect(READ_TIMEOUT_NANOS);
      if (hostId < 0 || hostId > geometry.alignSize() / geometry.sectorSize()) {
        throw new LeaseException(ResultCode.EMSGSIZE, "host_id " + hostId + " beyond the area");
      }
      if (hostId > geometry.maxHosts()) {
        throw new LeaseException(ResultCode.LEADER_MAGIC, "no lease for host_id " + hostId);
      }
      LeaderRecord leader = area.readHost(geometry, wanted.name(), hostId, READ_TIMEOUT_NANOS);
      Geometry real = leader.geometry().orElse(geometry);
      int flags = (wanted.flags() & ~FOUND_LOCKSPACE_FLAGS) | real.apiFlags() | formatFlags(leader);
      return new LockspaceFound(
          0,
          leader.ioTimeout(),
          new Lockspace(leader.spaceName(), hostId, flags, wanted.disk()),
          new Host(
              leader.ownerId(),
              leader.ownerGeneration(),
              leader.timestamp(),
              leader.ioTimeout(),
              (leader.flags() & FormatFlags.DEAD_EXT) != 0 ? HostState.DEAD_EXT : 0));
    } catch (LeaseException e) {
      log.debug("read_lockspace " + wanted.name() + ": " + e.getMessage());
      return new LockspaceFound(e.result(), 0, wanted, NO_HOST);
    }
  }

  /** What newer formats say about a lockspace (v5.md 7.8). */
  private static int formatFlags(LeaderRecord leader) {
    return ((leader.flags() & FormatFlags.NO_TIMEOUT) != 0 ? LockspaceFlags.NO_TIMEOUT : 0)
        | ((leader.flags() & FormatFlags.CAW) != 0 ? LockspaceFlags.USING_CAW : 0);
  }

  private record ResourceFound(int result, Resource resource) {}

  /** READ_RESOURCE: the structure follows even when reading failed. */
  void readResource(Request request) throws ProtocolException {
    Resource wanted = Resource.decodeWithDisks(request.payload());
    if (!wanted.hasUsableDiskCount()) {
      request.reply(ResultCode.ERANGE.number(), 0, Resource.LENGTH, wanted::encodeWithoutDisks);
      return;
    }
    onWorker(
        request,
        () -> findResource(wanted),
        found ->
            request.reply(found.result, 0, Resource.LENGTH, found.resource::encodeWithoutDisks));
  }

  private ResourceFound findResource(Resource wanted) {
    Disk place = wanted.disks().get(0);
    try (LeaseDisk disk = opener.open(place.path())) {
      LeaderRecord leader =
          new ResourceArea(disk, place.offset())
              .readLeader(wanted.lockspaceName(), wanted.name(), READ_TIMEOUT_NANOS);
      int sizes = leader.geometry().map(Geometry::apiFlags).orElse(0);
      return new ResourceFound(0, found(wanted, leader, sizes));
    } catch (LeaseException e) {
      log.debug("read_resource " + wanted.name() + ": " + e.getMessage());
      return new ResourceFound(e.result(), wanted);
    }
  }

  /** The structure asked with, completed from the disk; wrong sizes are replaced. */
  private static Resource found(Resource wanted, LeaderRecord leader, int sizeFlags) {
    int otherFlags =
        wanted.flags() & ~(Geometry.ALIGN_FLAGS | Geometry.SECTOR_FLAGS | ResourceFlags.USING_CAW);
    int caw = (leader.flags() & FormatFlags.CAW) != 0 ? ResourceFlags.USING_CAW : 0;
    return new Resource(
        leader.spaceName(),
        leader.resourceName(),
        leader.lver(),
        wanted.data64(),
        wanted.data32(),
        otherFlags | sizeFlags | caw,
        wanted.numDisks(),
        wanted.disks());
  }

  private record OwnersFound(int result, Resource resource, List<Host> hosts) {}

  /** READ_RESOURCE_OWNERS: the structure follows even when reading failed (protocol.md 8.24). */
  void readOwners(Request request) throws ProtocolException {
    Resource wanted = Resource.decodeWithDisks(request.payload());
    if (!wanted.hasUsableDiskCount()) {
      request.reply(ResultCode.ERANGE.number(), 0, Resource.LENGTH, wanted::encodeWithoutDisks);
      return;
    }
    onWorker(
        request,
        () -> findOwners(wanted),
        found ->
            request.reply(
                found.result,
                found.hosts.size(),
                Resource.LENGTH + found.hosts.size() * Host.LENGTH,
                body -> {
                  found.resource.encodeWithoutDisks(body);
                  found.hosts.forEach(host -> host.encode(body));
                }));
  }

  private OwnersFound findOwners(Resource wanted) {
    Disk place = wanted.disks().get(0);
    try (LeaseDisk disk = opener.open(place.path())) {
      LeaseOwners owners =
          new ResourceArea(disk, place.offset())
              .readOwners(
                  wanted.lockspaceName(), wanted.name(), wanted.flags(), READ_TIMEOUT_NANOS);
      int flags = wanted.flags() | (owners.shared() ? ResourceFlags.SHARED : 0);
      List<Host> hosts =
          owners.owners().stream()
              .map(owner -> new Host(owner.hostId(), owner.generation(), owner.timestamp(), 0, 0))
              .toList();
      return new OwnersFound(0, wanted.withLver(owners.leader().lver()).withFlags(flags), hosts);
    } catch (LeaseException e) {
      log.debug("read_resource_owners " + wanted.name() + ": " + e.getMessage());
      return new OwnersFound(e.result(), wanted, List.of());
    }
  }
}
