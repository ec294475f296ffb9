package io.sanlockd.lease.index;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Deletes a lease that nobody uses (rindex.md 8, 14). Its entry goes first: a crash in between
 * leaves a valid lease that rebuild brings back. Whether it is used is asked before each of the two
 * writes; the check is not atomic.
 *
 * @param offset given by the client, only checked for alignment; 0 = not given
 */
record LeaseDeletion(
    LeaseName name, long offset, LeaseUse use, long initTimeoutNanos, Clock clock, LeaseLog log)
    implements IndexTask {

  @Override
  public Optional<IndexAnswer> advance(ResourceIndex index) throws LeaseException {
    IndexPlacement placement = index.placement();
    placement.checkAligned(offset);
    try (IndexImage image = index.read()) {
      OptionalInt found = name.isEmpty() ? OptionalInt.empty() : image.find(name);
      if (found.isEmpty()) {
        throw new LeaseException(ResultCode.ENOENT, "the index has no resource " + name);
      }
      int number = found.getAsInt();
      ResourceArea area = new ResourceArea(index.disk(), placement.leaseArea(number));
      checkUnused(area);
      IndexEntry entry = image.entry(number);
      image.entry(number, IndexImage.FREE);
      index.writeEntry(image, number);
      try {
        checkUnused(area);
      } catch (LeaseException e) {
        image.entry(number, entry);
        index.writeEntry(image, number);
        throw e;
      }
      clear(index, area);
      return Optional.of(IndexAnswer.of(new IndexRow(name, 0)));
    }
  }

  private void checkUnused(ResourceArea area) throws LeaseException {
    Optional<LeaseOwners.Owner> user = use.user(area);
    if (user.isPresent()) {
      throw new LeaseException(
          ResultCode.EBUSY,
          "lease "
              + name
              + " is held by host_id "
              + user.get().hostId()
              + " generation "
              + user.get().generation());
    }
  }

  /** Only what is a lease of this lockspace and name is overwritten. */
  private void clear(ResourceIndex index, ResourceArea area) throws LeaseException {
    Optional<LeaderRecord> lease = use.lease(area);
    if (lease.isEmpty() || !lease.get().resourceName().equals(name)) {
      log.error("area at " + area.offset() + " is not the lease " + name + " and is left alone");
      return;
    }
    index.write(
        () ->
            area.clear(
                index.placement().geometry(),
                use.space(),
                name,
                lease.get().numHosts(),
                clock.seconds(),
                initTimeoutNanos));
  }
}
