package io.sanlockd.lease.delta;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;

/**
 * Who we are in a lockspace and where it lies.
 *
 * @param space lockspace name
 * @param hostId our host_id, 1..max_hosts
 * @param hostName our host name, unique among the hosts
 * @param offset start of the lockspace area on its disk, in bytes
 * @param geometry sizes found on the disk
 * @param times intervals of our io_timeout
 */
public record LockspaceIdentity(
    LeaseName space,
    long hostId,
    LeaseName hostName,
    long offset,
    Geometry geometry,
    LeaseTimes times) {}
