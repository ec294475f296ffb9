package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Creates a lease in the first free area (rindex.md 7, 14). The lease is written before its entry:
 * a crash in between leaves an area that the next creation overwrites. An area that is free in the
 * index but in use on disk is passed over.
 *
 * @param numHosts host blocks in use; 0 or too many = as many as fit
 */
record LeaseCreation(
    LeaseName name, long numHosts, LeaseUse use, long initTimeoutNanos, LeaseLog log)
    implements IndexTask {

  @Override
  public Optional<IndexAnswer> advance(ResourceIndex index) throws LeaseException {
    IndexPlacement placement = index.placement();
    try (IndexImage image = index.read()) {
      if (name.isEmpty()) {
        throw new LeaseException(ResultCode.EINVAL, "a resource needs a name");
      }
      if (image.find(name).isPresent()) {
        throw new LeaseException(ResultCode.EEXIST, "the index has a resource " + name);
      }
      int number = freeArea(index, image);
      long offset = placement.leaseArea(number);
      ResourceArea area = new ResourceArea(index.disk(), offset);
      index.write(
          () ->
              area.initialize(placement.geometry(), use.space(), name, numHosts, initTimeoutNanos));
      image.entry(number, new IndexEntry(offset, 0, 0, name));
      index.writeEntry(image, number);
      return Optional.of(IndexAnswer.of(new IndexRow(LeaseName.EMPTY, offset)));
    }
  }

  private int freeArea(ResourceIndex index, IndexImage image) throws LeaseException {
    OptionalInt number = image.firstFree(0);
    while (number.isPresent()) {
      long offset = index.placement().leaseArea(number.getAsInt());
      Optional<LeaseOwners.Owner> user = use.user(new ResourceArea(index.disk(), offset));
      if (user.isEmpty()) {
        return number.getAsInt();
      }
      log.error(
          "free entry "
              + number.getAsInt()
              + " of the index passed over: host_id "
              + user.get().hostId()
              + " uses a lease at "
              + offset);
      number = image.firstFree(number.getAsInt() + 1);
    }
    throw new LeaseException(ResultCode.ENOENT, "no free entry for " + name);
  }
}
