/**
 * The lease on a resource, decided with Disk Paxos among the hosts of a lockspace (paxos-lease.md
 * part A and 26). {@link io.sanlockd.lease.paxos.PaxosAcquire} takes it, {@link
 * io.sanlockd.lease.paxos.PaxosRelease} gives it back. Comments name the invariants I1-I9 and the
 * hardenings H1-H7 of that document where they are kept.
 *
 * <p>One version of a lease ({@code lver}) has one owner for ever. A host that wants version N+1
 * writes its ballot number into its own host block, reads everybody's, proposes an owner (itself,
 * or whoever may already have been decided), reads again, and only if nobody interfered writes the
 * owner into the leader record. A crash, a pause or a late write at any point leaves a state from
 * which the others go on without ever choosing a second owner for the same version.
 */
package io.sanlockd.lease.paxos;
