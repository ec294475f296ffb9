package io.sanlockd.examples;

import io.sanlockd.client.lease.LeaseMutex;
import io.sanlockd.client.lease.LeaseResource;
import io.sanlockd.client.lease.Leases;
import io.sanlockd.client.lease.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * Several processes write pairs of lines to one file; the mutex keeps each pair together.
 *
 * <p>{@code Mutex LEASE FILE NAME COUNT}
 */
public final class Mutex {
  private Mutex() {}

  /** Writes COUNT pairs of lines. */
  public static void main(String[] args) throws Exception {
    LeaseResource resource = LeaseResource.parse(args[0]);
    Path file = Path.of(args[1]);
    String name = args[2];
    try (Leases leases = Leases.open()) {
      LeaseMutex mutex =
          new LeaseMutex(
              leases
                  .request(resource)
                  .named(name)
                  .waitingFor(Duration.ofMinutes(2))
                  .retrying(RetryPolicy.backoff(Duration.ofMillis(20), Duration.ofMillis(500))));
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        String pair = name + " " + i;
        Path written =
            mutex.call(
                lease -> {
                  append(file, pair + " begins");
                  return append(file, pair + " ends");
                });
        System.out.println(pair + " written to " + written);
      }
    }
  }

  private static Path append(Path file, String line) throws IOException {
    return Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
