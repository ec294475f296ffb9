package io.sanlockd.daemon.resource;

import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.List;
import java.util.Optional;

/**
 * How an acquire ended.
 *
 * @param result 0, or the negative result number
 * @param tokens the uses granted, in the order asked for; empty when refused
 * @param obstacle the lease that other hosts refused, when they did
 */
public record Acquired(int result, List<Token> tokens, Optional<Obstacle> obstacle) {
  /**
   * A lease that is in use on other hosts.
   *
   * @param leader its leader as last read
   */
  public record Obstacle(LeaseRequest request, LeaderRecord leader) {}

  static Acquired granted(List<Token> tokens) {
    return new Acquired(0, List.copyOf(tokens), Optional.empty());
  }

  /** Refused for a reason that has nothing to do with other hosts. */
  public static Acquired refused(ResultCode code) {
    return new Acquired(code.number(), List.of(), Optional.empty());
  }
}
