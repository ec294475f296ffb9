package io.sanlockd.client;

import io.sanlockd.protocol.Lockspace;

/**
 * A lockspace record as found on disk.
 *
 * @param lockspace name, host_id as used and size flags
 * @param ioTimeoutSeconds recorded for that host_id
 */
public record LockspaceOnDisk(Lockspace lockspace, int ioTimeoutSeconds) {}
