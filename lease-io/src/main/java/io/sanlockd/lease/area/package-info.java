/**
 * Operations on a lease area as a whole that need no lease: finding out its sizes, initialising it,
 * reading who owns it (disk-format.md 11, 12; paxos-lease.md 24).
 */
package io.sanlockd.lease.area;
