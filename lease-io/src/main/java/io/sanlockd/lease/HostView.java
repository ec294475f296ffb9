package io.sanlockd.lease;

import io.sanlockd.model.LeaseName;

/**
 * What our renewals have seen of another host (lockspace.md 7). Times are our own monotonic
 * seconds.
 *
 * @param hostId index of the entry
 * @param ownerId owner_id in its delta lease
 * @param generation generation in its delta lease
 * @param timestamp last timestamp seen, 0 = free
 * @param ioTimeout io_timeout in its delta lease, 0 = never written
 * @param name host name
 * @param firstCheck when we first looked
 * @param lastCheck when we last looked
 * @param lastLive when we last saw a change, 0 = never
 * @param lastRequest when we last accepted a notification from this host, 0 = never
 */
public record HostView(
    long hostId,
    long ownerId,
    long generation,
    long timestamp,
    int ioTimeout,
    LeaseName name,
    long firstCheck,
    long lastCheck,
    long lastLive,
    long lastRequest) {}
