package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the index anew from the leases found in its areas (rindex.md 11, 14). Areas are read in
 * pieces; nothing is written unless every area up to the end of the device could be read.
 */
final class IndexRebuild implements IndexTask {
  private static final int AREAS_AT_A_TIME = 64;

  private final LeaseName space;
  private final long timeoutNanos;
  private final LeaseLog log;
  private final List<IndexEntry> entries = new ArrayList<>();
  private boolean endOfDevice;

  IndexRebuild(LeaseName space, long timeoutNanos, LeaseLog log) {
    this.space = space;
    this.timeoutNanos = timeoutNanos;
    this.log = log;
  }

  @Override
  public Optional<IndexAnswer> advance(ResourceIndex index) throws LeaseException {
    index.checkGoingOn();
    IndexPlacement placement = index.placement();
    for (int i = 0; i < AREAS_AT_A_TIME; i++) {
      if (endOfDevice || entries.size() == placement.maxResources()) {
        write(index);
        return Optional.of(IndexAnswer.of(IndexRow.NONE));
      }
      look(index, placement.leaseArea(entries.size()));
    }
    return Optional.empty();
  }

  private void look(ResourceIndex index, long offset) throws LeaseException {
    int length = index.placement().geometry().sectorSize();
    try (LeaseBuffer sector = index.disk().read(offset, length, timeoutNanos)) {
      entries.add(entryFor(sector, offset));
    } catch (LeaseException e) {
      if (!e.is(ResultCode.EMSGSIZE)) {
        throw e;
      }
      endOfDevice = true;
    }
  }

  private IndexEntry entryFor(LeaseBuffer sector, long offset) {
    if (LeaderRecord.magicAt(sector.store(), AreaLayout.LEADER) != Magic.PAXOS) {
      return IndexImage.FREE;
    }
    LeaderCheck.Verdict verdict =
        LeaderCheck.paxos(sector.store(), AreaLayout.LEADER, space, LeaseName.EMPTY, 0);
    LeaderRecord leader = LeaderRecord.decode(sector.store(), AreaLayout.LEADER);
    if (!verdict.valid() || leader.resourceName().isEmpty()) {
      log.error("rebuild skips the lease at " + offset + ": " + verdict.detail());
      return IndexImage.FREE;
    }
    return new IndexEntry(offset, 0, 0, leader.resourceName());
  }

  private void write(ResourceIndex index) throws LeaseException {
    IndexPlacement placement = index.placement();
    try (IndexImage old = index.read()) {
      index.write(
          () -> {
            LeaseBuffer area = index.disk().buffer(placement.geometry().alignSize());
            old.copyHeader(area);
            for (int number = 0; number < entries.size(); number++) {
              entries.get(number).encode(area.store(), placement.entryInArea(number));
            }
            index.disk().write(placement.offset(), area, timeoutNanos);
          });
    }
  }
}
