package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is built on leases: mutex, election, children, events. */
public abstract class LeaseRecipeContract extends TwoHosts {
  @Test
  void aMutexRunsOnePieceOfWorkAtATimeOnBothHosts() throws Exception {
    RetryPolicy quick = RetryPolicy.backoff(Duration.ofMillis(20), Duration.ofMillis(200));
    LeaseMutex a = new LeaseMutex(onA.request(lease(1)).waitingFor(LONG).retrying(quick));
    LeaseMutex b = new LeaseMutex(onB.request(lease(1)).waitingFor(LONG).retrying(quick));
    AtomicInteger inside = new AtomicInteger();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (LeaseMutex mutex : List.of(a, b, a, b)) {
      threads.add(CompletableFuture.runAsync(() -> workTwice(mutex, inside)));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(2 * LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(inside).hasValue(0);
    assertThatThrownBy(() -> a.call(lease -> workInside(a)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void workTwice(LeaseMutex mutex, AtomicInteger inside) {
    for (int i = 0; i < 2; i++) {
      try {
        int others =
            mutex.call(
                lease -> {
                  int before = inside.getAndIncrement();
                  Thread.onSpinWait();
                  inside.decrementAndGet();
                  return before;
                });
        assertThat(others).isZero();
      } catch (SanlockException | LeaseLostException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static int workInside(LeaseMutex mutex) {
    try {
      return mutex.call(lease -> 1);
    } catch (SanlockException | LeaseLostException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ofTwoCandidatesOneLeadsAndTheOtherFollowsWhenItsDaemonDies() throws Exception {
    Leader a = new Leader();
    Leader b = new Leader();
    LeaderElection first = LeaderElection.start(onA.request(lease(1)), a);
    Lease leadership = a.begun.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(first.leadership()).contains(leadership);
    try (LeaderElection second = LeaderElection.start(onB.request(lease(1)), b)) {
      assertThatThrownBy(() -> b.begun.get(1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(second.leadership()).isEmpty();
      first.close();
      assertThat(a.ended.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      b.begun.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      hostB.killDaemon();
      // Interrupted because the lease is lost, not because anybody closed the election.
      assertThat(b.ended.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(second.leadership()).isEmpty();
      assertThat(b.failure.get(LIMIT_SECONDS, TimeUnit.SECONDS).number()).isNegative();
    }
  }

  /** Leads until it is interrupted. */
  private static final class Leader implements LeaderElection.Candidate {
    private final CompletableFuture<Lease> begun = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final CompletableFuture<SanlockException> failure = new CompletableFuture<>();

    @Override
    public void lead(Lease lease) throws InterruptedException {
      begun.complete(lease);
      try {
        new CountDownLatch(1).await();
      } finally {
        ended.complete(true);
      }
    }

    @Override
    public void failed(SanlockException error) {
      failure.complete(error);
    }
  }

  @Test
  void aChildProcessHoldsTheLeaseItselfAndDiesWithTheDaemon() throws Exception {
    ProcessBuilder sleep = new ProcessBuilder("/bin/sleep", "600");
    try (LeasedProcess child = LeasedProcess.start(onA, sanlock(), lease(1), sleep)) {
      assertThat(child.isHeld()).isTrue();
      assertThat(child.token().hostId()).isEqualTo(1);
      LeaseUnavailableException refusal =
          catchThrowableOfType(
              LeaseUnavailableException.class,
              () -> LeasedProcess.start(onA, sanlock(), lease(1), sleep));
      assertThat(refusal.owners()).extracting(LeaseOwner::hostId).containsExactly(1L);
      child.terminate();
      assertThat(child.process().waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(child.isHeld()).isFalse();
      assertThat(child.loss()).isEmpty();
    }
    onB.request(lease(1)).waitingFor(LONG).acquire().close();
    try (LeasedProcess child = LeasedProcess.start(onA, sanlock(), lease(2), sleep)) {
      hostA.killDaemon();
      assertThat(child.process().waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(child.loss().orElseThrow().cause()).isEqualTo(LeaseLoss.Cause.DAEMON_GONE);
    }
  }

  @Test
  void anotherHostAsksForTheLeaseAndGetsItWhenTheHolderAgrees() throws Exception {
    Losses losses = new Losses();
    Lease held = onA.request(lease(1)).listener(losses).answeringRequests().acquire();
    assertThat(onB.askForRelease(lease(1))).extracting(LeaseOwner::hostId).containsExactly(1L);
    HostNotice notice = losses.request.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(notice.fromHostId()).isEqualTo(2);
    held.close();
    onB.request(lease(1)).waitingFor(LONG).acquire().close();
    assertThat(onB.askForRelease(lease(1))).isEmpty();
  }

  @Test
  void hostEventsArriveOnceAndEndWithTheDaemon() throws Exception {
    List<HostNotice> seen = new ArrayList<>();
    CompletableFuture<HostNotice> first = new CompletableFuture<>();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    onA.hostEvents(LS).subscribe(new Recorder(seen, first, end));
    onB.sendEvent(LS, 1, 0x20000, 7);
    HostNotice expected = new HostNotice(LS, 2, 1, 0x20000, 7);
    assertThat(first.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(expected);
    hostA.killDaemon();
    assertThat(end.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(SanlockException.class);
    assertThat(seen).containsExactly(expected);
    assertThatThrownBy(() -> onB.hostEvents("none")).isInstanceOf(SanlockException.class);
  }

  private record Recorder(
      List<HostNotice> seen, CompletableFuture<HostNotice> first, CompletableFuture<Throwable> end)
      implements Flow.Subscriber<HostNotice> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HostNotice item) {
      seen.add(item);
      first.complete(item);
    }

    @Override
    public void onError(Throwable throwable) {
      end.complete(throwable);
    }

    @Override
    public void onComplete() {
      end.complete(new AssertionError("completed without an error"));
    }
  }
}
