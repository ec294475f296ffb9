/**
 * Integration tests: real daemons on real files and devices, as separate processes.
 *
 * <p>Every test is written for hosts and clients of any implementation; {@link
 * io.sanlockd.it.Peers} says which combinations run. With {@code -Dit.mode=reference} all of them
 * are the C program: that tries the tests, not our program.
 */
package io.sanlockd.it;
