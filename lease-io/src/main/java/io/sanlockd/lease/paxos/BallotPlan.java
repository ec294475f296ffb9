package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;

/**
 * What one ballot shall decide, and how.
 *
 * @param accepted the leader from which the ballot starts; it must not change while it runs (H1)
 * @param hosts the ballot is held among the hosts 1..hosts: num_hosts of the leader, or more
 * @param version the version to decide
 * @param mbal our number
 * @param releasedOwner host whose RELEASED flag allowed this ballot, 0 = none (H7)
 * @param mode what our block says about sharing meanwhile: a shared holder that converts stays one
 *     until it is certain that it owns the lease
 */
record BallotPlan(
    LeaderRecord accepted,
    long hosts,
    long version,
    long mbal,
    long releasedOwner,
    ModeBlock mode) {}
