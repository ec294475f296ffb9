package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.lockspace.EventChannels;
import io.sanlockd.daemon.lockspace.HostNotices;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.loop.PushChannel;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** REG_EVENT, END_EVENT and SET_EVENT (protocol.md 10; lockspace.md 10). */
final class EventCommands {
  private static final int HIGHEST_HOST_ID = 2000;

  private EventCommands() {}

  private static LeaseName lockspaceName(Request request) throws ProtocolException {
    return io.sanlockd.protocol.Lockspace.decodeWithoutDisk(request.payload()).name();
  }

  /** Makes the connection a channel on which the events of a lockspace arrive. */
  record Register(Lockspaces lockspaces, Clients clients, LeaseLog log)
      implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LeaseName name = lockspaceName(request);
      Optional<Lockspace> lockspace = lockspaces.active(name);
      if (name.isEmpty() || request.client().registered()) {
        request.replyAndClose(ResultCode.EINVAL.number());
      } else if (lockspace.isEmpty()) {
        log.error("lockspace_reg_event " + name + " not found");
        request.replyAndClose(ResultCode.ENOENT.number());
      } else if (!lockspace.get().events().hasRoom()) {
        log.error("reg_event " + name + " has " + EventChannels.LIMIT + " receivers already");
        request.replyAndClose(ResultCode.ENOCSI.number());
      } else {
        begin(request, lockspace.get().events());
      }
    }

    private void begin(Request request, EventChannels channels) {
      Receiver receiver = new Receiver();
      clients.remove(request.client());
      receiver.channel = request.replyAndPush(() -> channels.remove(receiver));
      if (!receiver.ended()) {
        channels.add(receiver);
      }
    }
  }

  /** A connection that hears events. */
  private static final class Receiver implements EventChannels.Receiver {
    private PushChannel channel;

    @Override
    public boolean send(ByteBuffer message) {
      return channel.send(message);
    }

    @Override
    public boolean ended() {
      return channel.ended();
    }

    @Override
    public void close() {
      channel.close();
    }
  }

  /** Closes the channels whose peers have said that they are done. */
  record End(Lockspaces lockspaces) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LeaseName name = lockspaceName(request);
      Optional<Lockspace> lockspace = lockspaces.active(name);
      lockspace.ifPresent(found -> found.events().forgetEnded());
      ResultCode refusal = name.isEmpty() ? ResultCode.EINVAL : ResultCode.ENOENT;
      request.replyAndClose(lockspace.isPresent() ? 0 : refusal.number());
    }
  }

  /** Tells other hosts something with our next renewals. */
  record Set(Lockspaces lockspaces, Clock clock, LeaseLog log) implements CommandHandler.Open {
    @Override
    public void run(Request request) throws ProtocolException {
      LeaseName name = lockspaceName(request);
      HostEvent event = HostEvent.decode(request.payload());
      if (name.isEmpty() || event.hostId() < 1 || event.hostId() > HIGHEST_HOST_ID) {
        request.reply(ResultCode.EINVAL.number());
        return;
      }
      request.reply(
          lockspaces
              .active(name)
              .map(lockspace -> set(lockspace, request, event))
              .orElse(ResultCode.ENOENT.number()));
    }

    private int set(Lockspace lockspace, Request request, HostEvent wanted) {
      int maxHosts = lockspace.membership().identity().geometry().maxHosts();
      if (wanted.hostId() > maxHosts) {
        return ResultCode.EINVAL.number();
      }
      HostNotices notices = lockspace.notices();
      long now = clock.seconds();
      if (request.hasFlag(CommandFlags.EVENT_CLEAR_EVENT)) {
        notices.clearEvent(now);
        return 0;
      }
      if (request.hasFlag(CommandFlags.EVENT_CLEAR_HOSTID)) {
        notices.clearHost(wanted.hostId());
        return 0;
      }
      long generation = wanted.generation();
      if (generation == 0 && request.hasFlag(CommandFlags.EVENT_CUR_GENERATION)) {
        generation =
            lockspace
                .membership()
                .monitor()
                .view(wanted.hostId())
                .map(HostView::generation)
                .orElse(0L);
      }
      HostNotices.Event event = new HostNotices.Event(generation, wanted.event(), wanted.data());
      if (!request.hasFlag(CommandFlags.EVENT_REPLACE) && notices.conflicts(event, now)) {
        log.warning("set_event " + lockspace.spec().name() + " another event is being sent");
        return ResultCode.EBUSY.number();
      }
      notices.publish(
          event,
          request.hasFlag(CommandFlags.EVENT_ALL_HOSTS)
              ? LongStream.rangeClosed(1, maxHosts).boxed().toList()
              : List.of(wanted.hostId()),
          now);
      return 0;
    }
  }
}
