package io.sanlockd.examples;

import io.sanlockd.client.lease.FencingGate;
import io.sanlockd.client.lease.FencingToken;
import io.sanlockd.client.lease.Lease;
import io.sanlockd.client.lease.LeaseListener;
import io.sanlockd.client.lease.LeaseLoss;
import io.sanlockd.client.lease.LeaseLostException;
import io.sanlockd.client.lease.LeaseResource;
import io.sanlockd.client.lease.Leases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * One of a pair that owns a journal. The owner writes a line ten times a second; the other waits
 * and goes on when the owner has died, however it died. Every line bears the token of its writer,
 * and the journal refuses an owner that has been replaced.
 *
 * <p>{@code Failover LEASE JOURNAL NAME}
 */
public final class Failover {
  private Failover() {}

  /** Waits for the journal, then owns it until the lease is lost. */
  public static void main(String[] args) throws Exception {
    LeaseResource resource = LeaseResource.parse(args[0]);
    Journal journal = new Journal(Path.of(args[1]));
    String name = args[2];
    try (Leases leases = Leases.open()) {
      System.out.println(name + " waits");
      try (Lease lease =
          leases
              .request(resource)
              .named(name)
              .listener(new Report(name))
              .waitingFor(Duration.ofHours(1))
              .acquire()) {
        System.out.println(name + " owns the journal as " + lease.token());
        own(journal, name, lease);
      } catch (LeaseLostException e) {
        System.out.println(name + " stopped: " + e.getMessage());
        System.exit(1);
      }
    }
  }

  private static void own(Journal journal, String name, Lease lease)
      throws IOException, InterruptedException, LeaseLostException {
    for (int i = 0; ; i++) {
      lease.ensureHeld();
      journal.write(lease.token(), name + " " + i);
      Thread.sleep(100);
    }
  }

  /** Tells an operator at once, while the owner may be busy elsewhere. */
  private record Report(String name) implements LeaseListener {
    @Override
    public void lost(Lease lease, LeaseLoss loss) {
      System.out.println(name + " lost the lease: " + loss);
    }

    @Override
    public void renewalLate(Lease lease, Duration sinceRenewal) {
      System.out.println(name + ": no renewal for " + sinceRenewal.toSeconds() + " s");
    }
  }

  /**
   * What the lease protects. A real one keeps its gate on its own server; here the file itself
   * tells which token wrote last.
   */
  private record Journal(Path file) {
    private void write(FencingToken token, String text) throws IOException {
      FencingGate gate = new FencingGate();
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        gate.admit(FencingToken.parse(line.substring(0, line.indexOf(' '))));
      }
      if (gate.admit(token).isPresent()) {
        throw new IOException("the journal has a newer owner than " + token);
      }
      Files.write(
          file, List.of(token + " " + text), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}
