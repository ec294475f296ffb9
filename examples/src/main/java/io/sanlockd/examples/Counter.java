package io.sanlockd.examples;

import io.sanlockd.client.lease.Lease;
import io.sanlockd.client.lease.LeaseRequest;
import io.sanlockd.client.lease.LeaseResource;
import io.sanlockd.client.lease.LeaseValue;
import io.sanlockd.client.lease.Leases;
import io.sanlockd.client.lease.RetryPolicy;
import io.sanlockd.client.lease.ValueCodec;
import java.time.Duration;

/**
 * A counter that all hosts share, in the value block of a lease: no file, no server.
 *
 * <p>{@code Counter LEASE COUNT}
 */
public final class Counter {
  private Counter() {}

  /** Adds one COUNT times and prints each new value. */
  public static void main(String[] args) throws Exception {
    try (Leases leases = Leases.open()) {
      LeaseRequest request =
          leases
              .request(LeaseResource.parse(args[0]))
              .withValueBlock()
              .waitingFor(Duration.ofMinutes(2))
              .retrying(RetryPolicy.backoff(Duration.ofMillis(20), Duration.ofMillis(500)));
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        try (Lease lease = request.acquire()) {
          LeaseValue<Long> counter = lease.value(ValueCodec.longs());
          long next = counter.get() + 1;
          counter.set(next);
          // On disk only now; until here the number is nobody's.
          lease.release();
          System.out.println(next);
        }
      }
    }
  }
}
