package io.sanlockd.lease.paxos;

/**
 * Where one copy of a lease lies.
 *
 * @param path file or device
 * @param offset start of the area in bytes
 */
public record DiskSpec(String path, long offset) {}
