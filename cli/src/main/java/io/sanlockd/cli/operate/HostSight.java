package io.sanlockd.cli.operate;

import io.sanlockd.client.State;
import io.sanlockd.protocol.StateRecord;

/**
 * What the daemon has seen of a host of a lockspace, one HOST record (protocol.md 9.6). Times are
 * seconds of the daemon's monotonic clock.
 *
 * @param timestamp the last one seen on disk, 0 = the host_id is free
 * @param lastLive when a change was last seen, 0 = never
 * @param ioTimeout of that host, 0 = not known
 */
record HostSight(
    long hostId,
    long ownerId,
    long generation,
    long timestamp,
    long lastCheck,
    long lastLive,
    int ioTimeout,
    String name) {

  static HostSight of(State state) {
    StateRecord entry = state.entry();
    return new HostSight(
        Integer.toUnsignedLong(entry.data32()),
        Values.number(state, "owner_id", 0),
        Values.number(state, "owner_generation", 0),
        Values.number(state, "timestamp", 0),
        Values.number(state, "last_check", 0),
        Values.number(state, "last_live", 0),
        (int) Values.number(state, "io_timeout", 0),
        Bytes.toUnicode(state.value("owner_name").orElse("")));
  }
}
