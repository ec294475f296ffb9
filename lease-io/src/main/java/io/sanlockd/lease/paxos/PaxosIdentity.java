package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.LeaseName;

/**
 * Which resource, and who we are.
 *
 * @param space lockspace name
 * @param resource resource name
 * @param hostId our host_id
 * @param generation our generation in the lockspace
 * @param times intervals of our io_timeout
 */
public record PaxosIdentity(
    LeaseName space, LeaseName resource, long hostId, long generation, LeaseTimes times) {}
