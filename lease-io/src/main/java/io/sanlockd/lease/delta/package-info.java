/**
 * The lease of a host on its host_id (delta-lease.md). {@link io.sanlockd.lease.delta.DeltaLease}
 * takes, renews and returns it; {@link io.sanlockd.lease.delta.HostMonitor} watches the leases of
 * the other hosts in the images that renewals read.
 */
package io.sanlockd.lease.delta;
