package io.sanlockd.client.lease;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An election where there is no daemon. */
class LeaderElectionTest {
  private static final long LIMIT_SECONDS = 60;

  /** Cannot even bear to hear of a failure. */
  private static final class Nervous implements LeaderElection.Candidate {
    private final CountDownLatch failures = new CountDownLatch(2);

    @Override
    public void lead(Lease lease) {
      throw new IllegalStateException("there is nothing to lead");
    }

    @Override
    public void failed(SanlockException error) {
      failures.countDown();
      throw new IllegalStateException("of the candidate", error);
    }
  }

  @Test
  void candidateThatFailsToHearAFailureStandsForElectionAgain(@TempDir Path directory)
      throws Exception {
    Nervous candidate = new Nervous();
    LeaseResource resource = LeaseResource.of("ls", "r1", "/d", 0);
    try (Leases leases = Leases.open(Endpoint.ofRunDirectory(directory.toString()));
        LeaderElection election = LeaderElection.start(leases.request(resource), candidate)) {
      Assertions.assertThat(candidate.failures.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      Assertions.assertThat(election.leadership()).isEmpty();
    }
  }
}
