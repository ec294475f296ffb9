package io.sanlockd.daemon.command;

import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ConfigValue;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.ProtocolException;
import java.util.Optional;

/** ADD, INQ and REM_LOCKSPACE, SET_CONFIG (protocol.md 8.2, 8.3, 8.16, 8.33). */
final class LockspaceCommands {

  private LockspaceCommands() {}

  private static LockspaceSpec spec(Request request) throws ProtocolException {
    Lockspace wire = Lockspace.decode(request.payload());
    return new LockspaceSpec(wire.name(), wire.hostId(), wire.disk().path(), wire.disk().offset());
  }

  /** Joins a lockspace; the reply comes when that is done, or at once with ADD_ASYNC. */
  record Add(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LockspaceSpec spec = spec(request);
      int ioTimeout = request.header().data();
      if (!request.hasFlag(CommandFlags.ADD_ASYNC)) {
        lockspaces.add(spec, ioTimeout, request::reply);
        return;
      }
      request.reply(lockspaces.add(spec, ioTimeout, result -> {}));
    }
  }

  /** State of a lockspace; with INQ_WAIT the reply comes when it is settled. */
  record Inquire(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LockspaceSpec spec = spec(request);
      if (request.hasFlag(CommandFlags.INQ_WAIT)) {
        lockspaces.inquireWhenSettled(spec, request::reply);
      } else {
        request.reply(lockspaces.inquire(spec));
      }
    }
  }

  /** Leaves a lockspace; the reply comes when it is gone, or at once with REM_ASYNC. */
  record Remove(Lockspaces lockspaces, Resources resources) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LockspaceSpec spec = spec(request);
      if (request.hasFlag(CommandFlags.REM_UNUSED) && resources.uses(spec.name())) {
        request.reply(ResultCode.EBUSY.number());
        return;
      }
      int result = lockspaces.remove(spec);
      if (result != 0 || request.hasFlag(CommandFlags.REM_ASYNC)) {
        request.reply(result);
      } else {
        lockspaces.whenGone(spec, () -> request.reply(0));
      }
    }
  }

  /** Says whether something beside processes with leases uses a lockspace. */
  record SetConfig(Lockspaces lockspaces, UseRecord uses) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      Lockspace named = Lockspace.decodeWithoutDisk(request.payload());
      Optional<io.sanlockd.daemon.lockspace.Lockspace> active = lockspaces.active(named.name());
      if (active.isEmpty()) {
        request.replyAndClose(ResultCode.ENOENT.number());
      } else if (request.header().data() == ConfigValue.USED) {
        uses.lockspace(
            active.get().spec(),
            recorded ->
                request.replyAndClose(
                    recorded ? set(active.get(), ConfigValue.USED) : ResultCode.EGENERIC.number()));
      } else {
        request.replyAndClose(set(active.get(), request.header().data()));
      }
    }

    private static int set(io.sanlockd.daemon.lockspace.Lockspace lockspace, int configValue) {
      boolean begins =
          configValue == ConfigValue.USED || configValue == ConfigValue.USED_BY_ORPHANS;
      if (begins && !lockspace.acceptsUse()) {
        return ResultCode.ENOSPC.number();
      }
      switch (configValue) {
        case ConfigValue.USED -> lockspace.externalUsed(true);
        case ConfigValue.UNUSED -> lockspace.externalUsed(false);
        case ConfigValue.USED_BY_ORPHANS -> lockspace.usedByOrphans(true);
        case ConfigValue.UNUSED_BY_ORPHANS -> lockspace.usedByOrphans(false);
        default -> {
          return ResultCode.EINVAL.number();
        }
      }
      return 0;
    }
  }
}
