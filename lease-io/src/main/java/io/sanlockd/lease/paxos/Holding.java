package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.Optional;

/**
 * What we have, or may have, on disk for one version of a lease, as needed to give it up.
 *
 * @param dblock our block as last written
 * @param leader the leader that names us as we know it; empty when our attempt did not get so far
 */
public record Holding(Dblock dblock, Optional<LeaderRecord> leader) {}
