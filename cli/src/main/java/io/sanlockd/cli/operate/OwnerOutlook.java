package io.sanlockd.cli.operate;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.protocol.HostState;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Whether the owner of a lease lives, since when, and when the lease can be free at the earliest
 * (timeouts.md 1: 8 io_timeouts of the owner and our fire timeout after its last renewal).
 *
 * @param owner as read from the lease
 * @param host what renewals have seen of it, empty when the daemon does not say
 * @param nowSeconds of the daemon's clock, 0 = not known
 * @param fireTimeout equal on all hosts
 */
record OwnerOutlook(LeaseOwner owner, Optional<HostSight> host, long nowSeconds, int fireTimeout) {
  private static final int DEFAULT_IO_TIMEOUT = 10;
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  /** {@code host 2 (node-b), generation 5, LIVE: renewal last seen 3 s ago (14:02:11)}. */
  String evidence(LocalTime wallClock) {
    return owner + ageSeconds().map(age -> ": " + seen(age, wallClock)).orElse("");
  }

  private String seen(long age, LocalTime wallClock) {
    return "a renewal was last seen "
        + age
        + " s ago ("
        + CLOCK.format(wallClock.minusSeconds(age))
        + ")";
  }

  /** Seconds since a renewal of the owner was last seen; empty when none ever was. */
  Optional<Long> ageSeconds() {
    return host.filter(sight -> sight.lastLive() > 0 && nowSeconds > 0 && isSameLife(sight))
        .map(sight -> Math.max(0, nowSeconds - sight.lastLive()));
  }

  /** A host_id in a later generation says nothing about the life that took the lease. */
  private boolean isSameLife(HostSight sight) {
    return sight.generation() == owner.generation();
  }

  /** Seconds until the owner counts as dead if it does not renew again, at least 0. */
  Optional<Long> secondsUntilDead() {
    return ageSeconds().map(age -> Math.max(0, deadSeconds() + 1 - age));
  }

  /** Age of the last renewal above which the owner is certainly reset. */
  private long deadSeconds() {
    return FireTimeout.deadSeconds(ioTimeout(), fireTimeout);
  }

  /** The owner's, or the default as long as it is not known. */
  private int ioTimeout() {
    return host.map(HostSight::ioTimeout).filter(known -> known > 0).orElse(DEFAULT_IO_TIMEOUT);
  }

  /** When the lease can be had. */
  String outlook(LocalTime wallClock) {
    if (owner.state() == HostState.DEAD || owner.state() == HostState.FREE) {
      return "that host is gone: the next acquire can take the lease";
    }
    String rule =
        "8 x io_timeout " + ioTimeout() + " s + " + fireTimeout + " s after its last renewal";
    Optional<Long> left = secondsUntilDead();
    String earliest =
        left.map(
                seconds ->
                    "in " + seconds + " s (" + CLOCK.format(wallClock.plusSeconds(seconds)) + ")")
            .orElse(deadSeconds() + 1 + " s after it ends");
    return owner.state() == HostState.LIVE
        ? "it can be free as soon as it is released there; should that host be lost now, at the"
            + " earliest "
            + earliest
            + ": "
            + rule
        : "if that host stays silent the lease can be free at the earliest "
            + earliest
            + ": "
            + rule;
  }
}
