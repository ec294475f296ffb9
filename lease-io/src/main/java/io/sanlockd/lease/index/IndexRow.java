package io.sanlockd.lease.index;

import io.sanlockd.model.LeaseName;

/**
 * What an index operation has to say about one resource.
 *
 * @param name resource name, may be empty
 * @param offset byte offset of its lease area, 0 = none
 */
public record IndexRow(LeaseName name, long offset) {
  /** Nothing. */
  public static final IndexRow NONE = new IndexRow(LeaseName.EMPTY, 0);
}
