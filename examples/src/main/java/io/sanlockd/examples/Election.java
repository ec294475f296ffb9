package io.sanlockd.examples;

import io.sanlockd.client.lease.LeaderElection;
import io.sanlockd.client.lease.Lease;
import io.sanlockd.client.lease.LeaseResource;
import io.sanlockd.client.lease.Leases;
import java.util.concurrent.CountDownLatch;

/**
 * A candidate that leads until it loses the lease or its standard input ends.
 *
 * <p>{@code Election LEASE NAME}
 */
public final class Election {
  private Election() {}

  /** Stands for election until the end of the standard input. */
  public static void main(String[] args) throws Exception {
    LeaseResource resource = LeaseResource.parse(args[0]);
    String name = args[1];
    try (Leases leases = Leases.open();
        LeaderElection election =
            LeaderElection.start(
                leases.request(resource).named(name), lease -> lead(name, lease))) {
      System.out.println(name + " stands for election; leads: " + election.leadership());
      while (System.in.read() >= 0) {
        // Until whoever started us has enough.
      }
    }
    System.out.println(name + " withdrew");
  }

  private static void lead(String name, Lease lease) throws InterruptedException {
    System.out.println(name + " leads as " + lease.token());
    try {
      // A real leader works here, and hands the token to what it writes to.
      new CountDownLatch(1).await();
    } finally {
      System.out.println(name + " leads no more" + lease.loss().map(why -> ", " + why).orElse(""));
    }
  }
}
