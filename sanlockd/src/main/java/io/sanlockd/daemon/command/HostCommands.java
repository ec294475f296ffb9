package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.RenewalHistory;
import io.sanlockd.daemon.status.StateText;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.LockspaceFlags;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * GET_LOCKSPACES, GET_HOSTS, HOST_STATUS and RENEWAL: what the daemon sees (protocol.md 8.15, 8.22,
 * 8.23, 8.34). The daemon closes after each.
 */
final class HostCommands {
  private HostCommands() {}

  /** The lockspaces: active, being removed, being added; newest first in each. */
  record GetLockspaces(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      List<io.sanlockd.protocol.Lockspace> found = new ArrayList<>();
      collect(Lockspace.Phase.ACTIVE, 0, found);
      collect(Lockspace.Phase.REMOVING, LockspaceFlags.REM, found);
      collect(Lockspace.Phase.ADDING, LockspaceFlags.ADD, found);
      List<Supplier<ByteBuffer>> records = new ArrayList<>(found.size());
      for (io.sanlockd.protocol.Lockspace lockspace : found) {
        records.add(() -> encoded(lockspace));
      }
      request.stream(
          request
              .header()
              .reply(0, found.size(), found.size() * io.sanlockd.protocol.Lockspace.LENGTH),
          StatusCommand.encoded(records));
    }

    private static ByteBuffer encoded(io.sanlockd.protocol.Lockspace lockspace) {
      ByteBuffer buffer = Request.buffer(io.sanlockd.protocol.Lockspace.LENGTH);
      lockspace.encode(buffer);
      return buffer.flip();
    }

    private void collect(
        Lockspace.Phase phase, int flags, List<io.sanlockd.protocol.Lockspace> found) {
      for (Lockspace lockspace : lockspaces.in(phase)) {
        var spec = lockspace.spec();
        found.add(
            new io.sanlockd.protocol.Lockspace(
                spec.name(), spec.hostId(), flags, new Disk(spec.path(), spec.offset())));
      }
    }
  }

  /** State of one host, or of all that are not free. */
  record GetHosts(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      var wanted = io.sanlockd.protocol.Lockspace.decodeWithoutDisk(request.payload());
      Optional<Lockspace> lockspace = lockspaces.active(wanted.name());
      if (lockspace.isEmpty()) {
        request.replyAndClose(ResultCode.ENOENT.number(), 0, 0, body -> {});
        return;
      }
      HostMonitor monitor = lockspace.get().membership().monitor();
      if (request.hasFlag(CommandFlags.GET_HOST_LOCAL)) {
        replyWith(request, List.of(ourselves(lockspace.get())));
        return;
      }
      if (!monitor.checkedOnce()) {
        request.replyAndClose(ResultCode.EAGAIN.number(), 0, 0, body -> {});
        return;
      }
      if (wanted.hostId() != 0) {
        // One that was asked for is told even when it is free.
        replyWith(
            request,
            monitor.view(wanted.hostId()).map(view -> host(monitor, view)).stream().toList());
        return;
      }
      int maxHosts = lockspace.get().membership().identity().geometry().maxHosts();
      List<Host> hosts = new ArrayList<>();
      for (long hostId = 1; hostId <= maxHosts; hostId++) {
        monitor
            .view(hostId)
            .filter(view -> view.timestamp() != 0)
            .ifPresent(view -> hosts.add(host(monitor, view)));
      }
      replyWith(request, hosts);
    }

    private static void replyWith(Request request, List<Host> hosts) {
      request.replyAndClose(
          0,
          hosts.size(),
          hosts.size() * Host.LENGTH,
          body -> hosts.forEach(host -> host.encode(body)));
    }

    /** From our own records: also before the first look at the others (v5.md 7.10). */
    private static Host ourselves(Lockspace lockspace) {
      return new Host(
          lockspace.spec().hostId(),
          lockspace.membership().generation(),
          lockspace.status().renewalSuccess(),
          lockspace.times().ioTimeout(),
          HostMonitor.State.LIVE.number());
    }

    private static Host host(HostMonitor monitor, HostView view) {
      return new Host(
          view.hostId(),
          view.generation(),
          view.timestamp(),
          view.ioTimeout(),
          monitor.state(view).number());
    }
  }

  /** What renewals have seen of every host that was ever there. */
  record HostStatus(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LeaseName name = io.sanlockd.protocol.Lockspace.decodeWithoutDisk(request.payload()).name();
      Optional<Lockspace> lockspace = lockspaces.find(name);
      if (lockspace.isEmpty()) {
        request.replyAndClose(ResultCode.ENOSPC.number());
        return;
      }
      List<Supplier<ByteBuffer>> records = new ArrayList<>();
      if (lockspace.get().membership() != null) {
        var membership = lockspace.get().membership();
        for (long id = 1; id <= membership.identity().geometry().maxHosts(); id++) {
          membership
              .monitor()
              .view(id)
              .filter(view -> view.lastLive() != 0 || view.ownerId() != 0)
              .ifPresent(view -> records.add(() -> host(view)));
        }
      }
      request.stream(request.header().data2(), StatusCommand.encoded(records));
    }

    private static ByteBuffer host(HostView view) {
      return StatusCommand.buffer(
              new StateRecord(
                  StateRecord.HOST,
                  (int) view.hostId(),
                  view.timestamp(),
                  LeaseName.EMPTY,
                  StateText.host(view)),
              0)
          .flip();
    }
  }

  /** The last renewals of a lockspace. */
  record Renewals(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LeaseName name = io.sanlockd.protocol.Lockspace.decodeWithoutDisk(request.payload()).name();
      Optional<Lockspace> lockspace = lockspaces.find(name);
      if (lockspace.isEmpty()) {
        request.replyAndClose(ResultCode.ENOSPC.number());
        return;
      }
      List<Supplier<ByteBuffer>> records = new ArrayList<>();
      for (RenewalHistory.Entry entry : lockspace.get().history().entries()) {
        records.add(() -> renewal(entry));
      }
      int data2 =
          records.isEmpty() ? request.header().data2() : lockspace.get().times().ioTimeout();
      request.stream(data2, StatusCommand.encoded(records));
    }

    private static ByteBuffer renewal(RenewalHistory.Entry entry) {
      return StatusCommand.buffer(
              new StateRecord(
                  StateRecord.RENEWAL,
                  0,
                  entry.timestamp(),
                  LeaseName.EMPTY,
                  StateText.renewal(entry)),
              0)
          .flip();
    }
  }
}
