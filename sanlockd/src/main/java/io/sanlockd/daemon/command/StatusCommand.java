package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.status.StateText;
import io.sanlockd.lease.Clock;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * STATUS: everything the daemon holds, as a stream of records (protocol.md 8.5, 9). Which records
 * there are is fixed when the request arrives; each is encoded when the client is ready for it.
 */
final class StatusCommand implements CommandHandler.Open {
  private static final int ONLY_DAEMON = 1;
  private static final int UP_TO_CLIENTS = 2;
  private static final int UP_TO_LOCKSPACES = 3;
  private static final int SECTOR_512 = 512;
  private static final int NO_DESCRIPTOR = -1;

  private final DaemonFacts facts;
  private final Supplier<HelperFacts> helper;
  private final Clients clients;
  private final Lockspaces lockspaces;
  private final Resources resources;
  private final Clock clock;
  private final int listenerFd;

  StatusCommand(
      DaemonFacts facts,
      Supplier<HelperFacts> helper,
      Clients clients,
      Lockspaces lockspaces,
      Resources resources,
      Clock clock,
      int listenerFd) {
    this.facts = facts;
    this.helper = helper;
    this.clients = clients;
    this.lockspaces = lockspaces;
    this.resources = resources;
    this.clock = clock;
    this.listenerFd = listenerFd;
  }

  @Override
  public void run(Request request) {
    int level = request.header().data();
    List<Supplier<ByteBuffer>> records = new ArrayList<>();
    records.add(this::daemon);
    if (level != ONLY_DAEMON) {
      addClients(records);
      if (level != UP_TO_CLIENTS) {
        addLockspaces(records);
        if (level != UP_TO_LOCKSPACES) {
          addResources(records);
        }
      }
    }
    request.stream(request.header().data2(), encoded(records));
  }

  static Iterator<ByteBuffer> encoded(List<Supplier<ByteBuffer>> records) {
    Iterator<Supplier<ByteBuffer>> next = records.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return next.hasNext();
      }

      @Override
      public ByteBuffer next() {
        return next.next().get();
      }
    };
  }

  /** One record, with room for a structure behind it. */
  static ByteBuffer buffer(StateRecord state, int structureLength) {
    ByteBuffer buffer = Request.buffer(state.encodedLength() + structureLength);
    state.encode(buffer);
    return buffer;
  }

  private ByteBuffer daemon() {
    return buffer(
            new StateRecord(
                StateRecord.DAEMON,
                0,
                0,
                facts.hostName(),
                StateText.daemon(facts, helper.get(), clock.seconds())),
            0)
        .flip();
  }

  private void addClients(List<Supplier<ByteBuffer>> records) {
    records.add(() -> internal("helper", 0, NO_DESCRIPTOR));
    records.add(() -> internal("listener", 1, listenerFd));
    for (Client client : clients.all()) {
      records.add(
          () ->
              buffer(
                      new StateRecord(
                          StateRecord.CLIENT,
                          client.pid(),
                          0,
                          LeaseName.ofTextCut(client.ownerName()),
                          StateText.client(client)),
                      0)
                  .flip());
    }
  }

  private static ByteBuffer internal(String name, int slot, int fd) {
    return buffer(
            new StateRecord(
                StateRecord.CLIENT,
                Client.NO_PID,
                0,
                LeaseName.of(name),
                StateText.internalSlot(slot, fd)),
            0)
        .flip();
  }

  private void addLockspaces(List<Supplier<ByteBuffer>> records) {
    for (Lockspace.Phase phase :
        List.of(Lockspace.Phase.ACTIVE, Lockspace.Phase.ADDING, Lockspace.Phase.REMOVING)) {
      for (Lockspace lockspace : lockspaces.in(phase)) {
        records.add(() -> lockspace(lockspace));
      }
    }
  }

  private static ByteBuffer lockspace(Lockspace lockspace) {
    var spec = lockspace.spec();
    int sector =
        lockspace.membership() == null
            ? SECTOR_512
            : lockspace.membership().disk().storageSectorSize();
    ByteBuffer buffer =
        buffer(
            new StateRecord(
                StateRecord.LOCKSPACE,
                0,
                spec.hostId(),
                spec.name(),
                StateText.lockspace(lockspace)),
            io.sanlockd.protocol.Lockspace.LENGTH);
    new io.sanlockd.protocol.Lockspace(
            spec.name(),
            spec.hostId(),
            0,
            new Disk(spec.path(), spec.offset(), sector, NO_DESCRIPTOR))
        .encode(buffer);
    return buffer.flip();
  }

  private void addResources(List<Supplier<ByteBuffer>> records) {
    for (Resource.State state : List.of(Resource.State.HELD, Resource.State.ADD)) {
      for (Resource resource : resources.in(state)) {
        List<Token> newestFirst = new ArrayList<>(resource.tokens());
        Collections.reverse(newestFirst);
        for (Token token : newestFirst) {
          records.add(() -> resource(resource, token.pid(), token.id()));
        }
      }
    }
    for (Resource.State state : List.of(Resource.State.REM, Resource.State.ORPHAN)) {
      for (Resource resource : resources.in(state)) {
        records.add(() -> resource(resource, resource.ownerPid(), 0));
      }
    }
  }

  private static ByteBuffer resource(Resource resource, int pid, long tokenId) {
    List<Disk> disks =
        resource.disks().stream()
            .map(d -> new Disk(d.path(), d.offset(), SECTOR_512, NO_DESCRIPTOR))
            .toList();
    ByteBuffer buffer =
        buffer(
            new StateRecord(
                StateRecord.RESOURCE,
                pid,
                resource.lver(),
                resource.name(),
                StateText.resource(resource, tokenId)),
            io.sanlockd.protocol.Resource.LENGTH + disks.size() * Disk.LENGTH);
    io.sanlockd.protocol.Resource.on(resource.space(), resource.name(), disks)
        .withFlags(resource.shared() ? ResourceFlags.SHARED : 0)
        .encode(buffer);
    return buffer.flip();
  }
}
