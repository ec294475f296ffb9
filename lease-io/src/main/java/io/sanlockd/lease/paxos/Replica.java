package io.sanlockd.lease.paxos;

import io.sanlockd.lease.disk.LeaseDisk;

/**
 * One of the 1 to 4 copies of a lease.
 *
 * @param number place of the disk in the lease's list, from 0
 * @param disk an open disk
 * @param offset start of the lease area in bytes
 */
public record Replica(int number, LeaseDisk disk, long offset) {}
