/**
 * The seams of the lease code. Lease algorithms are plain sequential code that gets time, sleep,
 * chance, disks and knowledge of other hosts through these small interfaces, so that a simulator
 * can supply its own and take control at every call.
 */
package io.sanlockd.lease;
