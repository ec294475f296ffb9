package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** RELEASE: gives leases of a registered process back (protocol.md 8.8). */
final class ReleaseCommand implements CommandHandler.ForTarget {
  private final Resources resources;
  private final TargetCommands targets;

  ReleaseCommand(Resources resources, TargetCommands targets) {
    this.resources = resources;
    this.targets = targets;
  }

  @Override
  public void run(Request request, Client target) throws ProtocolException {
    if (request.hasFlag(CommandFlags.RELEASE_ALL)) {
      // Clients announce structures that nobody reads in this mode.
      request.discardRest();
      release(request, target, List.copyOf(target.tokens()), Optional.empty(), 0);
    } else if (request.hasFlag(CommandFlags.RELEASE_ORPHAN)) {
      Resource wanted = Resource.decode(request.payload());
      int count = resources.releaseOrphans(wanted.lockspaceName(), wanted.name());
      targets.end(target);
      request.reply(count);
    } else if (request.hasFlag(CommandFlags.RELEASE_RENAME)) {
      Resource old = Resource.decode(request.payload());
      Resource renamed = Resource.decode(request.payload());
      releaseNamed(request, target, List.of(old), Optional.of(renamed.name()));
    } else {
      List<Resource> wanted = new ArrayList<>();
      for (int i = 0; i < request.header().data(); i++) {
        wanted.add(Resource.decode(request.payload()));
      }
      releaseNamed(request, target, wanted, Optional.empty());
    }
  }

  private void releaseNamed(
      Request request, Client target, List<Resource> wanted, Optional<LeaseName> rename) {
    List<Token> found = new ArrayList<>();
    int result = 0;
    for (Resource resource : wanted) {
      Optional<Token> token =
          target.tokens().stream()
              .filter(t -> !found.contains(t))
              .filter(t -> t.resource().space().equals(resource.lockspaceName()))
              .filter(t -> t.resource().name().equals(resource.name()))
              .findFirst();
      if (token.isPresent()) {
        found.add(token.get());
      } else {
        result = ResultCode.EGENERIC.number();
      }
    }
    release(request, target, found, rename, result);
  }

  private void release(
      Request request,
      Client target,
      List<Token> tokens,
      Optional<LeaseName> rename,
      int resultSoFar) {
    target.tokens().removeAll(tokens);
    if (target.tokens().isEmpty()) {
      target.kills().forget();
    }
    Countdown countdown = new Countdown(request, target, tokens.size(), resultSoFar);
    tokens.forEach(token -> resources.release(token, rename, countdown::released));
    countdown.finishIfDone();
  }

  /** Answers when the last release has ended; the result is the last error. */
  private final class Countdown {
    private final Request request;
    private final Client target;
    private int left;
    private int result;
    private boolean finished;

    Countdown(Request request, Client target, int left, int result) {
      this.request = request;
      this.target = target;
      this.left = left;
      this.result = result;
    }

    void released(int oneResult) {
      left--;
      if (oneResult != 0) {
        result = oneResult;
      }
      finishIfDone();
    }

    void finishIfDone() {
      if (left == 0 && !finished) {
        finished = true;
        targets.end(target);
        request.reply(result);
      }
    }
  }
}
