/**
 * The leases of this host: which process holds what, and how they are taken and given back
 * (paxos-lease.md part B). {@link io.sanlockd.daemon.resource.Resources} is the main loop's table;
 * the disk work of one resource runs on a worker, one operation at a time.
 */
package io.sanlockd.daemon.resource;
