package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Acquired;
import io.sanlockd.daemon.resource.JointAcquire;
import io.sanlockd.daemon.resource.LeaseRequest;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ACQUIRE: takes up to eight leases for a registered process, all or nothing (protocol.md 8.7,
 * 6.4).
 */
final class AcquireCommand implements CommandHandler.ForTarget {
  private final Lockspaces lockspaces;
  private final Resources resources;
  private final TargetCommands targets;
  private final Answer answer;

  /** Answers a request that was begun; ACQUIRE and ACQUIRE2 differ only in this. */
  @FunctionalInterface
  interface Answer {
    void answer(Request request, Acquired outcome);
  }

  AcquireCommand(
      Lockspaces lockspaces, Resources resources, TargetCommands targets, Answer answer) {
    this.lockspaces = lockspaces;
    this.resources = resources;
    this.targets = targets;
    this.answer = answer;
  }

  @Override
  public void run(Request request, Client target) throws ProtocolException {
    int refusal = prepare(request, target);
    if (refusal != 0) {
      request.discardRest();
      targets.end(target);
      request.reply(refusal);
    }
  }

  /** Checks everything that needs no disk and starts; otherwise returns the refusal. */
  private int prepare(Request request, Client target) throws ProtocolException {
    MessageHeader header = request.header();
    if (header.data() < 0 || header.data() > PayloadFraming.MAX_ACQUIRE_RESOURCES) {
      return ResultCode.E2BIG.number();
    }
    ByteBuffer payload = request.payload();
    List<Resource> wanted = new ArrayList<>(header.data());
    for (int i = 0; i < header.data(); i++) {
      Resource resource = Resource.decodeWithDisks(payload);
      if (!resource.hasUsableDiskCount()) {
        return ResultCode.ERANGE.number();
      }
      wanted.add(resource);
    }
    Options options = Options.decode(payload);
    if (!options.ownerName().isEmpty()) {
      target.ownerName(options.ownerName().text());
    }
    List<LeaseRequest> requests = new ArrayList<>(wanted.size());
    for (Resource resource : wanted) {
      Optional<Lockspace> lockspace =
          lockspaces.active(resource.lockspaceName()).filter(Lockspace::acceptsUse);
      if (lockspace.isEmpty()) {
        return ResultCode.ENOSPC.number();
      }
      requests.add(leaseRequest(request, lockspace.get(), resource));
    }
    target.whenRecorded(new Job(request, target, requests)::start);
    return 0;
  }

  private static LeaseRequest leaseRequest(
      Request request, Lockspace lockspace, Resource resource) {
    List<DiskSpec> disks =
        resource.disks().stream().map(d -> new DiskSpec(d.path(), d.offset())).toList();
    int flags = resource.flags();
    AcquireRequest acquire =
        new AcquireRequest(
            (flags & ResourceFlags.SHARED) != 0,
            (flags & ResourceFlags.LVER) != 0 ? resource.lver() : 0,
            (flags & ResourceFlags.NUM_HOSTS) != 0 ? Math.max(0, resource.data32()) : 0,
            request.hasFlag(CommandFlags.OWNER_NOWAIT));
    return new LeaseRequest(
        lockspace,
        resource.name(),
        disks,
        acquire,
        (flags & ResourceFlags.PERSISTENT) != 0,
        request.hasFlag(CommandFlags.ACQUIRE_ORPHAN),
        request.hasFlag(CommandFlags.ACQUIRE_ORPHAN_ONLY),
        request.hasFlag(CommandFlags.ACQUIRE_LVB));
  }

  /** One ACQUIRE on its way. */
  private final class Job {
    private final Request request;
    private final Client target;
    private final List<LeaseRequest> leases;
    private final Runnable waker = this::wake;
    private Optional<JointAcquire> acquire = Optional.empty();

    Job(Request request, Client target, List<LeaseRequest> leases) {
      this.request = request;
      this.target = target;
      this.leases = leases;
    }

    void start() {
      target.whenGone(waker);
      leases.forEach(lease -> lease.lockspace().addClosingListener(waker));
      JointAcquire started = resources.acquire(target, leases, this::pointless, this::ended);
      acquire = Optional.of(started);
    }

    private void wake() {
      acquire.ifPresent(JointAcquire::wake);
    }

    /** Any thread. */
    private boolean pointless() {
      return target.gone() || closing();
    }

    private boolean closing() {
      return leases.stream().anyMatch(lease -> !lease.lockspace().acceptsUse());
    }

    /**
     * The atomic last step: from here on a failing lockspace finds the process and stops it, so the
     * leases count only if every lockspace is still alive and the process is still there.
     */
    private void ended(Acquired outcome) {
      if (outcome.result() != 0) {
        finish(explained(outcome));
      } else if (closing()) {
        outcome.tokens().stream()
            .filter(token -> !token.resource().lockspace().usable())
            .forEach(Token::markSpaceDead);
        takeBack(outcome.tokens(), ResultCode.ENOSPC);
      } else if (!target.connected()) {
        takeBack(outcome.tokens(), ResultCode.ENOTTY);
      } else {
        target.tokens().addAll(outcome.tokens());
        finish(outcome);
      }
    }

    /** An acquire that was called off says why. */
    private Acquired explained(Acquired outcome) {
      if (closing()) {
        return Acquired.refused(ResultCode.ENOSPC);
      }
      boolean calledOff = outcome.result() == ResultCode.EGENERIC.number() && target.gone();
      return calledOff ? Acquired.refused(ResultCode.ENOTTY) : outcome;
    }

    private void takeBack(List<Token> tokens, ResultCode reason) {
      resources.undo(tokens, () -> finish(Acquired.refused(reason)));
    }

    private void finish(Acquired outcome) {
      target.whenGone(() -> {});
      leases.forEach(lease -> lease.lockspace().removeClosingListener(waker));
      targets.end(target);
      answer.answer(request, outcome);
    }
  }
}
