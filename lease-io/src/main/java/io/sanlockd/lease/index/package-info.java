/**
 * The resource index: names of resources, the offsets of their leases on one device, and the
 * creation and deletion of those leases (rindex.md). A convenience beside the leases: nothing that
 * takes a lease reads it. {@link io.sanlockd.lease.index.IndexOperation} is the way in; it takes
 * the internal lease that keeps other hosts away and runs the steps of {@code ResourceIndex}.
 */
package io.sanlockd.lease.index;
