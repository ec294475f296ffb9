package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import java.util.Optional;

/** The work of one operation on an open index, done in pieces. */
interface IndexTask {
  /**
   * Does the next piece.
   *
   * @return the answer when that was the last one
   */
  Optional<IndexAnswer> advance(ResourceIndex index) throws LeaseException;
}
