package io.sanlockd.client.lease;

import io.sanlockd.model.LeaseName;
import java.time.Duration;
import java.util.Optional;

/** All that a {@link LeaseRequest} can ask for. Changed only while a new request is being made. */
final class Terms {
  final LeaseResource resource;
  LeaseMode mode = LeaseMode.EXCLUSIVE;
  Duration wait = Duration.ZERO;
  RetryPolicy retry = RetryPolicy.DEFAULT;
  LeaseName ownerName = LeaseName.EMPTY;
  boolean hasValueBlock;
  LeaseListener listener = new LeaseListener() {};
  boolean answersRequests;
  Optional<KillProgram> killpath = Optional.empty();
  SignalPolicy signals = SignalPolicy.TERM_THEN_KILL;

  Terms(LeaseResource resource) {
    this.resource = resource;
  }

  Terms copy() {
    Terms copy = new Terms(resource);
    copy.mode = mode;
    copy.wait = wait;
    copy.retry = retry;
    copy.ownerName = ownerName;
    copy.hasValueBlock = hasValueBlock;
    copy.listener = listener;
    copy.answersRequests = answersRequests;
    copy.killpath = killpath;
    copy.signals = signals;
    return copy;
  }
}
