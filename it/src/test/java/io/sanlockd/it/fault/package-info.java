/**
 * Storage that misbehaves on command: a file of a FUSE file system that the test itself serves.
 * Daemons open it with O_DIRECT and drive it with AIO like any disk, and the kernel keeps their
 * buffers for as long as the test does not answer, exactly as it would for a disk that hangs.
 */
package io.sanlockd.it.fault;
