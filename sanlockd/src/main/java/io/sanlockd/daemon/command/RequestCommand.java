package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.util.List;
import java.util.Optional;

/**
 * REQUEST: asks the host that holds a lease to give it up (protocol.md 8.11; paxos-lease.md 10).
 */
record RequestCommand(Lockspaces lockspaces, Resources resources, Clock clock)
    implements CommandHandler.Open {
  @Override
  public void run(Request request) throws ProtocolException {
    Resource wanted = Resource.decodeWithDisks(request.payload());
    if (!wanted.hasUsableDiskCount()) {
      request.reply(ResultCode.ERANGE.number());
      return;
    }
    Optional<Lockspace> lockspace =
        lockspaces.active(wanted.lockspaceName()).filter(Lockspace::acceptsUse);
    if (lockspace.isEmpty()) {
      request.reply(ResultCode.ENOSPC.number());
      return;
    }
    List<DiskSpec> disks =
        wanted.disks().stream().map(d -> new DiskSpec(d.path(), d.offset())).toList();
    resources.request(
        lockspace.get(),
        wanted.name(),
        disks,
        new Resources.Wish(
            wanted.lver(),
            request.header().data(),
            request.hasFlag(CommandFlags.REQUEST_NEXT_LVER)),
        result -> request.reply(result < 0 ? (int) result : notify(lockspace.get(), result)));
  }

  /** Our next renewals ask the owner to look. */
  private int notify(Lockspace lockspace, long ownerId) {
    if (ownerId == 0) {
      return 0;
    }
    if (!lockspace.acceptsUse()) {
      return ResultCode.ENOSPC.number();
    }
    if (ownerId > lockspace.membership().identity().geometry().maxHosts()) {
      return ResultCode.EINVAL.number();
    }
    lockspace.notices().request(ownerId, clock.seconds());
    return 0;
  }
}
