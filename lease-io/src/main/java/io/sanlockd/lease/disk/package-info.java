/**
 * Aligned direct I/O with a time limit. A {@link io.sanlockd.lease.disk.LeaseDisk} reads and writes
 * whole sectors; an I/O that does not finish in time keeps its buffer until the kernel reports its
 * end, however late (disk-format.md 15, 16).
 */
package io.sanlockd.lease.disk;
