package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.TestHost;

/**
 * A host of a timeline: what it can be told to do with the resource. Every operation answers with
 * the text of its result.
 */
interface Actor {
  /** The machine: its disks, its lockspace, its clock. */
  TestHost host();

  /** EX, SH, or empty when it holds nothing. */
  String mode();

  /** Takes the lease. */
  String acquire(Wish wish);

  /** Gives the lease up. */
  String release(String rename, String value);

  /** Changes the mode. */
  String convert(String mode, String value);

  /** Finishes what a failed operation has left to do. */
  String cleanUp();

  /** Its processes are gone and nothing of it will ever be written again. */
  void forget();

  /** How a lease is wanted. */
  record Wish(boolean shared, long lver, int numHosts, boolean noWait) {}
}
