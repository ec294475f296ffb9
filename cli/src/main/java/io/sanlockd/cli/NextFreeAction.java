package io.sanlockd.cli;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;

/**
 * {@code sanlock direct next_free PATH[:OFFSET]}: the distance from the offset to the first area
 * that holds no lease, or to the end of the device (cli.md 8).
 */
final class NextFreeAction {
  private static final int PROBE_LENGTH = 4096;

  private final Session session;
  private final DirectStorage storage;

  NextFreeAction(Session session, DirectStorage storage) {
    this.session = session;
    this.storage = storage;
  }

  int run(String text) {
    DiskPlace place = DiskPlace.parse(text);
    try (LeaseDisk disk = storage.open(place.path())) {
      session.out().line(Long.toString(distance(disk, place)));
      return 0;
    } catch (LeaseException e) {
      return session.finish(e.result(), e.getMessage());
    }
  }

  private long distance(LeaseDisk disk, DiskPlace place) throws LeaseException {
    if (!isUsed(disk, place.offset())) {
      return 0;
    }
    Geometry geometry =
        storage
            .foundSizes(disk, place)
            .orElseThrow(
                () ->
                    new LeaseException(
                        ResultCode.EGENERIC,
                        "can not find sector size and align size, set them with -Z and -A"));
    long distance = geometry.alignSize();
    while (isUsed(disk, place.offset() + distance)) {
      distance += geometry.alignSize();
    }
    return distance;
  }

  /** Whether an area holds something; behind the end of the device there is nothing. */
  private boolean isUsed(LeaseDisk disk, long offset) throws LeaseException {
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, storage.readTimeoutNanos())) {
      return switch (LeaderRecord.magicAt(probe.store(), 0)) {
        case Magic.DELTA, Magic.PAXOS, Magic.INDEX -> true;
        default -> false;
      };
    } catch (LeaseException e) {
      if (e.is(ResultCode.EMSGSIZE)) {
        return false;
      }
      throw e;
    }
  }
}
