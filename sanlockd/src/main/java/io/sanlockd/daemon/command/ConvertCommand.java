package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.resource.Conversion;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.Optional;

/** CONVERT: changes a lease between shared and exclusive (protocol.md 8.27; paxos-lease.md 20). */
final class ConvertCommand implements CommandHandler.ForTarget {
  private final Resources resources;
  private final TargetCommands targets;

  ConvertCommand(Resources resources, TargetCommands targets) {
    this.resources = resources;
    this.targets = targets;
  }

  @Override
  public void run(Request request, Client target) throws ProtocolException {
    Resource wanted = Resource.decode(request.payload());
    Optional<Token> token = target.token(wanted.lockspaceName(), wanted.name());
    if (token.isEmpty()) {
      targets.end(target);
      request.reply(ResultCode.ENOENT.number());
    } else {
      new Job(request, target, token.get()).start(wanted.has(ResourceFlags.SHARED));
    }
  }

  /** One conversion on its way. */
  private final class Job {
    private final Request request;
    private final Client target;
    private final Token token;
    private final Lockspace lockspace;
    private final Runnable waker = this::wake;
    private Optional<Conversion> conversion = Optional.empty();

    Job(Request request, Client target, Token token) {
      this.request = request;
      this.target = target;
      this.token = token;
      this.lockspace = token.resource().lockspace();
    }

    void start(boolean toShared) {
      target.whenGone(waker);
      lockspace.addClosingListener(waker);
      conversion =
          resources.convert(
              token,
              toShared,
              request.hasFlag(CommandFlags.OWNER_NOWAIT),
              () -> target.gone() || !lockspace.usable(),
              this::ended);
    }

    private void wake() {
      conversion.ifPresent(Conversion::wake);
    }

    private void ended(int result) {
      target.whenGone(() -> {});
      lockspace.removeClosingListener(waker);
      targets.end(target);
      // Whatever the disk says, nobody may rely on a lease whose lockspace fails.
      request.reply(lockspace.usable() ? result : ResultCode.ENOSPC.number());
    }
  }
}
