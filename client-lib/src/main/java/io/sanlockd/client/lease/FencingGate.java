package io.sanlockd.client.lease;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Stands in front of what a lease protects and lets only the newest holding pass. It belongs to the
 * side that does the work (a storage server, a service), needs no daemon, and remembers for each
 * lease the newest token of either mode. Threads may share it; {@link #admit} is atomic, so do the
 * work under the same lock or transaction when the order of two pieces of work matters.
 *
 * <p>To survive a restart keep what {@link #state} gives and start with it again: a gate that has
 * forgotten lets an old holder pass until a newer one comes by.
 */
public final class FencingGate {
  private final Map<LeaseKey, Seen> seen = new HashMap<>();

  /** Names of a lease. */
  private record LeaseKey(String lockspace, String resource) {}

  /**
   * The newest tokens that passed.
   *
   * @param exclusive the newest exclusive one
   * @param shared the newest shared one
   */
  public record Seen(Optional<FencingToken> exclusive, Optional<FencingToken> shared) {
    private static final Seen NOTHING = new Seen(Optional.empty(), Optional.empty());

    private Seen with(FencingToken token) {
      return token.mode() == LeaseMode.SHARED
          ? new Seen(exclusive, newer(shared, token))
          : new Seen(newer(exclusive, token), shared);
    }

    private static Optional<FencingToken> newer(Optional<FencingToken> old, FencingToken token) {
      return old.filter(before -> isAbove(before, token)).or(() -> Optional.of(token));
    }
  }

  /** A gate that has seen nothing. */
  public FencingGate() {}

  /**
   * Lets a token pass or not. One that passes shuts out every holding before it: an exclusive token
   * all older ones, a shared token all older exclusive ones.
   *
   * @return the newer token that stands in the way; empty when it passes
   */
  public synchronized Optional<FencingToken> admit(FencingToken token) {
    LeaseKey key = new LeaseKey(token.lockspace(), token.resource());
    Seen before = seen.getOrDefault(key, Seen.NOTHING);
    Optional<FencingToken> obstacle = obstacle(before, token);
    if (obstacle.isEmpty()) {
      seen.put(key, before.with(token));
    }
    return obstacle;
  }

  private static Optional<FencingToken> obstacle(Seen before, FencingToken token) {
    Optional<FencingToken> exclusive =
        before.exclusive.filter(
            newest -> isAbove(newest, token) || isOtherHolderOfSameVersion(newest, token));
    if (exclusive.isPresent() || token.mode() == LeaseMode.SHARED) {
      return exclusive;
    }
    // A shared holding begins after the exclusive one of the same version ended (by conversion).
    return before.shared.filter(newest -> !isAbove(token, newest));
  }

  private static boolean isAbove(FencingToken one, FencingToken other) {
    return Long.compareUnsigned(one.version(), other.version()) > 0;
  }

  /** Two exclusive holdings never have the same version, unless the lease was made anew. */
  private static boolean isOtherHolderOfSameVersion(FencingToken one, FencingToken other) {
    return one.version() == other.version()
        && (one.hostId() != other.hostId() || one.generation() != other.generation());
  }

  /** The newest tokens of a lease. */
  public synchronized Seen state(String lockspace, String resource) {
    return seen.getOrDefault(new LeaseKey(lockspace, resource), Seen.NOTHING);
  }

  /** Forgets a lease, after it was initialised anew and its versions start again. */
  public synchronized void forget(String lockspace, String resource) {
    seen.remove(new LeaseKey(lockspace, resource));
  }
}
