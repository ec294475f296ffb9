package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.paxos.AcquireOutcome;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.ConvertOutcome;
import io.sanlockd.lease.paxos.Holding;
import io.sanlockd.lease.paxos.PaxosConvert;
import io.sanlockd.lease.paxos.PaxosRelease;
import io.sanlockd.lease.paxos.ReleaseOptions;
import io.sanlockd.lease.paxos.ValueWrite;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A host that runs the code under test, with what the daemon's resource manager adds to it. */
final class OurHost implements Actor {
  private static final int SHARED_RETRIES = 8;

  private final TestHost host;
  private AcquireOutcome.Granted held;
  private boolean shared;

  /** What is still to be given up on disk; the resource is blocked until then (H5). */
  private Holding leftover;

  private boolean leftoverShared;

  OurHost(TestHost host) {
    this.host = host;
  }

  @Override
  public TestHost host() {
    return host;
  }

  @Override
  public String mode() {
    return held == null ? "" : shared ? "SH" : "EX";
  }

  @Override
  public String acquire(Wish wish) {
    if (leftover != null) {
      return "EAGAIN, the release goes on";
    }
    AcquireRequest request =
        new AcquireRequest(wish.shared(), wish.lver(), wish.numHosts(), wish.noWait());
    int most = wish.shared() ? SHARED_RETRIES : 1;
    for (int retries = 0; ; retries++) {
      AcquireOutcome outcome = host.acquire(request);
      String after = retries == 0 ? "" : retries == 1 ? " at the second try" : " after retries";
      if (outcome instanceof AcquireOutcome.Granted granted) {
        held = granted;
        shared = wish.shared();
        return "granted " + mode() + " lver " + granted.leader().lver() + after;
      }
      AcquireOutcome.Refused refused = (AcquireOutcome.Refused) outcome;
      boolean again =
          refused.undo().isEmpty() && refused.momentary(wish.shared()) && retries < most;
      if (!again) {
        String left = "";
        if (refused.undo().isPresent()) {
          leave(refused.undo().get(), false);
          left = cleanUp().startsWith("clean") ? ", withdrawn" : ", the withdrawal goes on";
        }
        return name(refused.result()) + left + after;
      }
      host.sleep(500_000_000L);
    }
  }

  private void leave(Holding holding, boolean leftShared) {
    leftover = holding;
    leftoverShared = leftShared;
  }

  private static String name(int result) {
    return ResultCode.of(result).map(Enum::name).orElse("error " + result);
  }

  @Override
  public String release(String rename, String value) {
    if (held == null) {
      return "holds nothing";
    }
    Holding holding = new Holding(held.dblock(), Optional.of(held.leader()));
    if (leftover != null) {
      // A conversion left the leader in our name.
      holding = leftover;
      shared = false;
    }
    leave(holding, shared);
    held = null;
    ReleaseOptions options =
        new ReleaseOptions(
            Optional.ofNullable(rename).map(LeaseName::of),
            Optional.ofNullable(value).map(this::valueWrite));
    return describe(release(options));
  }

  private ValueWrite valueWrite(String text) {
    byte[] sector = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), 512);
    return new ValueWrite(sector, host.fence());
  }

  private PaxosRelease.Outcome release(ReleaseOptions options) {
    PaxosRelease.Outcome outcome =
        leftoverShared
            ? host.newRelease().shared(leftover.dblock())
            : host.newRelease().exclusive(leftover, options);
    if (!outcome.again() && host.replicas().settled()) {
      leftover = null;
    } else {
      leftover = new Holding(leftover.dblock(), Optional.empty());
    }
    return outcome;
  }

  private String describe(PaxosRelease.Outcome outcome) {
    String result = outcome.result() < 0 ? name(outcome.result()) : "released";
    return leftover == null ? result : result + ", the release goes on";
  }

  @Override
  public String cleanUp() {
    if (leftover == null || held != null) {
      return "clean";
    }
    if (!host.replicas().settled()) {
      return "a write is still in flight";
    }
    PaxosRelease.Outcome outcome = release(ReleaseOptions.PLAIN);
    return leftover == null
        ? outcome.result() < 0 ? "clean, " + name(outcome.result()) : "clean"
        : "the release goes on";
  }

  @Override
  public String convert(String mode, String value) {
    PaxosConvert convert =
        mode.equals("EX")
            ? PaxosConvert.toExclusive(host.context(host), held, false)
            : PaxosConvert.toShared(
                host.context(host), held, Optional.ofNullable(value).map(this::valueWrite));
    ConvertOutcome outcome = host.convert(convert);
    if (outcome instanceof ConvertOutcome.Converted done) {
      held = new AcquireOutcome.Granted(done.leader(), done.dblock());
      shared = mode.equals("SH");
      leftover = null;
      return "converted to " + mode() + " lver " + done.leader().lver();
    }
    ConvertOutcome.Refused refused = (ConvertOutcome.Refused) outcome;
    held = new AcquireOutcome.Granted(held.leader(), refused.dblock());
    shared = refused.shared();
    refused.undo().ifPresent(undo -> leave(undo, false));
    return name(refused.result())
        + ", still "
        + mode()
        + (refused.undo().isPresent() ? ", the leader may stay ours" : "");
  }

  @Override
  public void forget() {
    held = null;
    leftover = null;
  }
}
