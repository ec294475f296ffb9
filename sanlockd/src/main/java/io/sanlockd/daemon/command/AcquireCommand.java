package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.resource.Acquired;
import io.sanlockd.daemon.resource.DiskSpec;
import io.sanlockd.daemon.resource.LeaseRequest;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.lease.paxos.AcquireRequest;
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
import java.util.function.IntConsumer;

/**
 * ACQUIRE: takes up to eight leases for a registered process, all or nothing, one after the other
 * (protocol.md 8.7, 6.4).
 */
final class AcquireCommand implements CommandHandler.ForTarget {
  private static final int DISCARD_MILLIS = 100;

  private final Lockspaces lockspaces;
  private final Resources resources;
  private final TargetCommands targets;

  AcquireCommand(Lockspaces lockspaces, Resources resources, TargetCommands targets) {
    this.lockspaces = lockspaces;
    this.resources = resources;
    this.targets = targets;
  }

  @Override
  public void run(Request request, Client target) throws ProtocolException {
    int refusal = prepare(request, target);
    if (refusal != 0) {
      discardRest(request);
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
    if (request.hasFlag(CommandFlags.ACQUIRE_LVB)) {
      return ResultCode.EOPNOTSUPP.number();
    }
    Job job = new Job(request, target);
    for (Resource resource : wanted) {
      Optional<Lockspace> lockspace =
          lockspaces.active(resource.lockspaceName()).filter(Lockspace::acceptsUse);
      if (lockspace.isEmpty()) {
        return ResultCode.ENOSPC.number();
      }
      job.steps.add(new Step(lockspace.get(), leaseRequest(request, resource)));
    }
    if (!options.ownerName().isEmpty()) {
      target.ownerName(options.ownerName().text());
    }
    job.next();
    return 0;
  }

  /** The part of a refused request that was not read: it must not be taken for headers. */
  private static void discardRest(Request request) {
    int unread = PayloadFraming.surplus(request.header(), request.payload().limit());
    request.connection().discardInput(unread, DISCARD_MILLIS);
  }

  private static LeaseRequest leaseRequest(Request request, Resource resource) {
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
        resource.lockspaceName(),
        resource.name(),
        disks,
        acquire,
        (flags & ResourceFlags.PERSISTENT) != 0,
        request.hasFlag(CommandFlags.ACQUIRE_ORPHAN),
        request.hasFlag(CommandFlags.ACQUIRE_ORPHAN_ONLY));
  }

  private record Step(Lockspace lockspace, LeaseRequest lease) {}

  /** One ACQUIRE on its way. */
  private final class Job {
    private final Request request;
    private final Client target;
    private final List<Step> steps = new ArrayList<>();
    private final List<Token> tokens = new ArrayList<>();

    Job(Request request, Client target) {
      this.request = request;
      this.target = target;
    }

    void next() {
      if (tokens.size() == steps.size()) {
        commit();
        return;
      }
      Step step = steps.get(tokens.size());
      resources.acquire(
          target,
          step.lockspace(),
          step.lease(),
          () -> target.gone() || !step.lockspace().acceptsUse(),
          this::acquired);
    }

    private void acquired(Acquired outcome) {
      if (outcome.token().isPresent()) {
        tokens.add(outcome.token().get());
        next();
      } else {
        undo(explain(outcome.result()));
      }
    }

    /** An acquire that was called off says why. */
    private int explain(int result) {
      if (steps.stream().anyMatch(step -> !step.lockspace().acceptsUse())) {
        return ResultCode.ENOSPC.number();
      }
      return result == ResultCode.EGENERIC.number() && target.gone()
          ? ResultCode.ENOTTY.number()
          : result;
    }

    /**
     * The atomic last step: from here on a failing lockspace finds the process and stops it, so the
     * leases count only if every lockspace is still alive and the process is still there.
     */
    private void commit() {
      for (Step step : steps) {
        if (!step.lockspace().acceptsUse()) {
          tokens.forEach(
              token -> {
                if (!token.resource().lockspace().usable()) {
                  token.markSpaceDead();
                }
              });
          undo(ResultCode.ENOSPC.number());
          return;
        }
      }
      if (!target.connected()) {
        undo(ResultCode.ENOTTY.number());
        return;
      }
      target.tokens().addAll(tokens);
      finish(0);
    }

    /** Releases what was taken, then answers. */
    private void undo(int result) {
      if (tokens.isEmpty()) {
        finish(result);
        return;
      }
      IntConsumer released =
          new IntConsumer() {
            private int left = tokens.size();

            @Override
            public void accept(int ignored) {
              if (--left == 0) {
                finish(result);
              }
            }
          };
      List.copyOf(tokens).forEach(t -> resources.release(t, Optional.empty(), released));
    }

    private void finish(int result) {
      targets.end(target);
      request.reply(result);
    }
  }
}
