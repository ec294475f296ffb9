package io.sanlockd.daemon.command;

import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;

/**
 * EXAMINE_LOCKSPACE and EXAMINE_RESOURCE: look for requests of other hosts now (protocol.md 8.13,
 * 8.14). The result is always 0.
 */
final class ExamineCommands {
  private ExamineCommands() {}

  /** All leases of a lockspace. */
  record InLockspace(LeaseRequests requests) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      requests.examine(Lockspace.decodeWithoutDisk(request.payload()).name(), LeaseName.EMPTY);
      request.reply(0);
    }
  }

  /** One lease. */
  record OfResource(LeaseRequests requests) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      Resource wanted = Resource.decode(request.payload());
      if (!wanted.name().isEmpty()) {
        requests.examine(wanted.lockspaceName(), wanted.name());
      }
      request.reply(0);
    }
  }
}
