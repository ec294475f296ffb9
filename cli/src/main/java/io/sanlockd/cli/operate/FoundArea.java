package io.sanlockd.cli.operate;

import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import java.util.List;
import java.util.Map;

/** An area that holds a lockspace, a lease or an index, and what is wrong inside it. */
sealed interface FoundArea {
  /** Start in bytes. */
  long offset();

  Geometry geometry();

  List<Finding> findings();

  /**
   * A lockspace.
   *
   * @param name as in the first record
   * @param owners valid records that have had an owner, by host_id
   */
  record LockspaceArea(
      long offset,
      Geometry geometry,
      String name,
      Map<Long, LeaderRecord> owners,
      List<Finding> findings)
      implements FoundArea {}

  /**
   * A lease.
   *
   * @param isCleared whether it was ended for good
   * @param sharers generations of hosts with the SHARED flag, by host_id
   */
  record LeaseArea(
      long offset,
      Geometry geometry,
      LeaderRecord leader,
      boolean isCleared,
      Map<Long, Long> sharers,
      List<Finding> findings)
      implements FoundArea {
    String name() {
      return Bytes.toUnicode(leader.spaceName().text() + ":" + leader.resourceName().text());
    }

    boolean isOwned() {
      return !isCleared && !leader.isFree() && leader.ownerId() != 0;
    }
  }

  /** A resource index with its entries that are in use. */
  record IndexArea(
      long offset,
      Geometry geometry,
      IndexHeader header,
      List<IndexEntry> entries,
      List<Finding> findings)
      implements FoundArea {}
}
