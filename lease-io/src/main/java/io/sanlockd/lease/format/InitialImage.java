package io.sanlockd.lease.format;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Fills zeroed area buffers with what initialisation writes (disk-format.md 11). Every byte equals
 * what sanlock 3.8.5 writes.
 */
public final class InitialImage {
  private InitialImage() {}

  /**
   * A lockspace area. The record of host_id 1 carries no magic: it is written again, alone, as the
   * last step, so that an interrupted initialisation is not taken for a lockspace.
   *
   * @param store a zeroed area of align size
   */
  public static void lockspace(
      BytesStore<?, ?> store, Geometry geometry, LeaseName space, int ioTimeout) {
    AreaLayout layout = new AreaLayout(geometry);
    LeaderRecord valid = lockspaceRecord(Magic.DELTA, geometry, space, ioTimeout);
    for (long hostId = 2; hostId <= geometry.maxHosts(); hostId++) {
      valid.encode(store, layout.deltaLease(hostId));
    }
    lockspaceRecord(0, geometry, space, ioTimeout).encode(store, layout.deltaLease(1));
  }

  /** The record of host_id 1 that completes {@link #lockspace}. */
  public static LeaderRecord lockspaceRecord(Geometry geometry, LeaseName space, int ioTimeout) {
    return lockspaceRecord(Magic.DELTA, geometry, space, ioTimeout);
  }

  private static LeaderRecord lockspaceRecord(
      int magic, Geometry geometry, LeaseName space, int ioTimeout) {
    return LeaderRecord.initial(
        magic, FormatVersion.DELTA, geometry, 0, 1, space, LeaseName.EMPTY, ioTimeout, 0);
  }

  /**
   * A resource area.
   *
   * @param store a zeroed area of align size
   * @param numHosts host blocks in use; 0 or more than fit = as many as fit
   */
  public static void resource(
      BytesStore<?, ?> store,
      Geometry geometry,
      LeaseName space,
      LeaseName resource,
      long numHosts) {
    leader(Magic.PAXOS, geometry, space, resource, numHosts, 0).encode(store, AreaLayout.LEADER);
    RequestRecord.NONE.encode(store, new AreaLayout(geometry).request());
  }

  /**
   * A cleared resource area: as {@link #resource} but no longer a lease.
   *
   * @param now the writer's monotonic seconds
   */
  public static void clearedResource(
      BytesStore<?, ?> store,
      Geometry geometry,
      LeaseName space,
      LeaseName resource,
      long numHosts,
      long now) {
    leader(Magic.PAXOS_CLEARED, geometry, space, resource, numHosts, now)
        .encode(store, AreaLayout.LEADER);
    RequestRecord.NONE.encode(store, new AreaLayout(geometry).request());
  }

  private static LeaderRecord leader(
      int magic,
      Geometry geometry,
      LeaseName space,
      LeaseName resource,
      long numHosts,
      long writeTimestamp) {
    long used = numHosts <= 0 || numHosts > geometry.maxHosts() ? geometry.maxHosts() : numHosts;
    return LeaderRecord.initial(
        magic,
        FormatVersion.PAXOS,
        geometry,
        used,
        geometry.maxHosts(),
        space,
        resource,
        0,
        writeTimestamp);
  }
}
