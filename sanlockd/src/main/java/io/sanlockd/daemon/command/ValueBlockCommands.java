package io.sanlockd.daemon.command;

import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.util.Optional;

/**
 * SET_LVB and GET_LVB: the value block, in memory, of a lease held here (protocol.md 8.25, 8.26;
 * paxos-lease.md 21). Any connection may use them.
 */
final class ValueBlockCommands {
  private ValueBlockCommands() {}

  /** The block of a lease, or the number that says why there is none. */
  private record Found(
      Optional<io.sanlockd.daemon.resource.Resource> resource, ResultCode refusal) {
    static Found of(Resources resources, Resource wanted) {
      var held = resources.held(wanted.lockspaceName(), wanted.name());
      return new Found(
          held.filter(resource -> resource.value().isPresent()),
          held.isEmpty() ? ResultCode.ENOENT : ResultCode.EINVAL);
    }
  }

  /** Replaces the first bytes; refused while the mode of the lease is being changed. */
  record Set(Resources resources) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      MessageHeader header = request.header();
      if (PayloadFraming.valueBlockLength(header) < 0) {
        request.reply(ResultCode.EINVAL.number());
        return;
      }
      Resource wanted = Resource.decode(request.payload());
      byte[] bytes = new byte[request.payload().remaining()];
      request.payload().get(bytes);
      Found found = Found.of(resources, wanted);
      if (found.resource().isEmpty()) {
        request.reply(found.refusal().number());
      } else if (bytes.length > found.resource().get().geometry().sectorSize()) {
        request.reply(ResultCode.E2BIG.number());
      } else if (found.resource().get().converting()) {
        // The conversion took the value when it began and may be the last to write one.
        request.reply(ResultCode.EBUSY.number());
      } else {
        found.resource().get().changeValue(bytes);
        request.reply(0);
      }
    }
  }

  /** Tells the first bytes, at most one sector. */
  record Get(Resources resources) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      Found found = Found.of(resources, Resource.decode(request.payload()));
      if (found.resource().isEmpty()) {
        request.reply(found.refusal().number());
        return;
      }
      byte[] value = found.resource().get().value().orElseThrow();
      int wanted = request.header().data2();
      int length = wanted <= 0 ? value.length : Math.min(wanted, value.length);
      request.reply(0, 0, length, body -> body.put(value, 0, length));
    }
  }
}
