package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.ResultCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a lease promises while everything works. */
public abstract class LeaseContract extends TwoHosts {
  @Test
  void aLeaseIsHeldByOneHostAndChangesHandsWithAGrowingToken() throws Exception {
    FencingToken first;
    try (Lease held = onA.request(lease(1)).named("vm 17").acquire()) {
      first = held.token();
      assertThat(held.isHeld()).isTrue();
      assertThat(held.remaining()).isPositive();
      assertThat(first.hostId()).isEqualTo(1);
      assertThat(first.generation()).isEqualTo(1);
      assertThat(first.version()).isEqualTo(versionOnDisk());
      assertThat(onB.request(lease(1)).tryAcquire()).isEmpty();
      LeaseUnavailableException refusal =
          catchThrowableOfType(
              LeaseUnavailableException.class, () -> onB.request(lease(1)).acquire());
      assertThat(refusal.number()).isEqualTo(ResultCode.ACQUIRE_IDLIVE.number());
      assertThat(refusal.owners()).extracting(LeaseOwner::hostId).containsExactly(1L);
      assertThat(refusal.owner()).isPresent();
      assertThat(refusal).hasMessageContaining("ACQUIRE_IDLIVE").hasMessageContaining("host 1");
    }
    try (Lease held = onB.request(lease(1)).waitingFor(LONG).acquire()) {
      FencingToken second = held.token();
      assertThat(second.hostId()).isEqualTo(2);
      assertThat(second.version()).isGreaterThan(first.version()).isEqualTo(versionOnDisk());
      FencingGate gate = new FencingGate();
      assertThat(gate.admit(first)).isEmpty();
      assertThat(gate.admit(second)).isEmpty();
      assertThat(gate.admit(first)).contains(second);
    }
    assertThat(onA.owners(lease(1))).isEmpty();
  }

  private long versionOnDisk() throws SanlockException {
    return onA.client().readResource(lease(1).onDisks(LeaseMode.EXCLUSIVE)).lver();
  }

  @Test
  void twoHoldersOfOneProcessExcludeEachOtherAndHaveDifferentTokens() throws Exception {
    FencingToken first;
    try (Lease held = onA.request(lease(1)).acquire()) {
      first = held.token();
      assertThat(onA.request(lease(1)).tryAcquire()).isEmpty();
    }
    try (Lease held = onA.request(lease(1)).waitingFor(LONG).acquire()) {
      assertThat(held.token().version()).isGreaterThan(first.version());
    }
  }

  @Test
  void aWaitingAcquireGetsTheLeaseWhenItIsClosed() throws Exception {
    Lease held = onA.request(lease(1)).acquire();
    CompletableFuture<Lease> waiting = onB.request(lease(1)).waitingFor(LONG).acquireAsync();
    assertThatThrownBy(() -> waiting.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    held.close();
    assertThat(held.isHeld()).isFalse();
    try (Lease other = waiting.get(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      assertThat(other.isHeld()).isTrue();
    }
    assertThatThrownBy(held::ensureHeld).isInstanceOf(IllegalStateException.class);
    assertThat(held.loss()).isEmpty();
  }

  @Test
  void aCancelledOrInterruptedAcquireLeavesNothingBehind() throws Exception {
    Lease held = onA.request(lease(1)).acquire();
    CompletableFuture<Lease> waiting = onB.request(lease(1)).waitingFor(LONG).acquireAsync();
    assertThat(waiting.cancel(true)).isTrue();
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                onB.request(lease(1)).waitingFor(LONG).acquire().close();
                seen.complete(new AssertionError("got the lease"));
              } catch (SanlockException | InterruptedException e) {
                seen.complete(e);
              }
            });
    thread.start();
    thread.interrupt();
    assertThat(seen.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    held.close();
    try (Lease again = onA.request(lease(1)).waitingFor(LONG).acquire()) {
      assertThat(again.isHeld()).isTrue();
    }
    assertThat(onB.openLeases()).isEmpty();
  }

  @Test
  void sharedHoldersLiveTogetherAndOneConvertsWhenItIsAlone() throws Exception {
    try (Lease a = onA.request(lease(1)).shared().acquire();
        Lease b = onB.request(lease(1)).shared().waitingFor(LONG).acquire()) {
      FencingGate gate = new FencingGate();
      assertThat(gate.admit(a.token())).isEmpty();
      assertThat(gate.admit(b.token())).isEmpty();
      assertThat(gate.admit(a.token())).isEmpty();
      assertThat(a.mode()).isEqualTo(LeaseMode.SHARED);
      assertThat(onA.owners(lease(1))).extracting(LeaseOwner::hostId).contains(1L, 2L);
      SanlockException refusal =
          catchThrowableOfType(SanlockException.class, () -> a.convert(LeaseMode.EXCLUSIVE));
      assertThat(refusal.number()).isEqualTo(ResultCode.EAGAIN.number());
      assertThat(a.isHeld()).isTrue();
      assertThat(a.mode()).isEqualTo(LeaseMode.SHARED);
      a.convert(LeaseMode.SHARED);
      FencingToken whileShared = b.token();
      b.release();
      convertWhenAlone(a);
      assertThat(a.mode()).isEqualTo(LeaseMode.EXCLUSIVE);
      assertThat(a.token().version()).isGreaterThan(whileShared.version());
      assertThat(gate.admit(a.token())).isEmpty();
      assertThat(gate.admit(whileShared)).contains(a.token());
      assertThat(onB.request(lease(1)).shared().tryAcquire()).isEmpty();
      FencingToken exclusive = a.token();
      a.convert(LeaseMode.SHARED);
      assertThat(a.mode()).isEqualTo(LeaseMode.SHARED);
      assertThat(gate.admit(a.token())).isEmpty();
      assertThat(gate.admit(exclusive)).contains(a.token());
    }
  }

  /** The other holder's release may still be on its way to the disk. */
  private static void convertWhenAlone(Lease lease) throws Exception {
    long deadlineNanos = System.nanoTime() + LONG.toNanos();
    while (lease.mode() == LeaseMode.SHARED) {
      try {
        lease.convert(LeaseMode.EXCLUSIVE);
      } catch (SanlockException e) {
        assertThat(e.number()).isEqualTo(ResultCode.EAGAIN.number());
        assertThat(System.nanoTime()).isLessThan(deadlineNanos);
      }
    }
  }

  @Test
  void aValueIsSeenByTheNextHolder() throws Exception {
    try (Lease a = onA.request(lease(1)).withValueBlock().acquire()) {
      LeaseValue<Long> counter = a.value(ValueCodec.longs());
      assertThat(counter.get()).isZero();
      counter.set(41L);
      a.convert(LeaseMode.SHARED);
      assertThatThrownBy(() -> counter.set(1L)).isInstanceOf(IllegalStateException.class);
    }
    try (Lease b = onB.request(lease(1)).withValueBlock().waitingFor(LONG).acquire()) {
      assertThat(b.value(ValueCodec.longs()).get()).isEqualTo(41);
    }
    try (Lease a = onA.request(lease(1)).waitingFor(LONG).acquire()) {
      SanlockException refusal =
          catchThrowableOfType(
              SanlockException.class, () -> a.value(ValueCodec.text()).set("no block"));
      assertThat(refusal.number()).isEqualTo(ResultCode.EINVAL.number());
    }
  }

  @Test
  void manyThreadsUseOneObjectAndNeverHoldTheLeaseTogether() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<Long> versions = ConcurrentHashMap.newKeySet();
    LeaseRequest request =
        onA.request(lease(1))
            .waitingFor(LONG)
            .retrying(RetryPolicy.backoff(Duration.ofMillis(5), Duration.ofMillis(50)));
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(CompletableFuture.runAsync(() -> useTwice(request, inside, most, versions)));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(2 * LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(most).hasValue(1);
    assertThat(versions).hasSize(8);
  }

  private static void useTwice(
      LeaseRequest request, AtomicInteger inside, AtomicInteger most, Set<Long> versions) {
    for (int i = 0; i < 2; i++) {
      try (Lease lease = request.acquire()) {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        versions.add(lease.token().version());
        lease.ensureHeld();
        inside.decrementAndGet();
      } catch (SanlockException | InterruptedException | LeaseLostException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void whatCannotBeHadIsRefusedAtOnceByName() throws Exception {
    LeaseResource elsewhere = LeaseResource.of("other", "r1", disk.toString(), MEBIBYTE);
    assertThat(numberOf(onA.request(elsewhere).waitingFor(LONG)))
        .isEqualTo(ResultCode.ENOSPC.number());
    LeaseResource unwritten = LeaseResource.of(LS, "r7", disk.toString(), 7L * MEBIBYTE);
    assertThat(numberOf(onA.request(unwritten).waitingFor(LONG)))
        .isEqualTo(ResultCode.LEADER_MAGIC.number());
    LeaseResource otherName = LeaseResource.of(LS, "r7", disk.toString(), MEBIBYTE);
    assertThat(numberOf(onA.request(otherName).waitingFor(LONG)))
        .isEqualTo(ResultCode.LEADER_RESOURCE.number());
    Endpoint nowhere = Endpoint.ofRunDirectory(directory.resolve("none").toString());
    try (Leases none = Leases.open(nowhere)) {
      assertThat(numberOf(none.request(lease(1)).waitingFor(LONG)))
          .isEqualTo(ResultCode.ENOENT.number());
    }
  }

  private static int numberOf(LeaseRequest request) {
    return catchThrowableOfType(SanlockException.class, request::acquire).number();
  }

  @Test
  void killpathSignalsAndNameAreSetBeforeTheLeaseIsTaken() throws Exception {
    KillProgram program = new KillProgram("/bin/true", List.of("a b", "c"), true);
    try (Lease lease =
        onA.request(lease(1))
            .named("vm-17")
            .killpath(program)
            .signals(SignalPolicy.ONLY_TERM)
            .acquire()) {
      assertThat(lease.isHeld()).isTrue();
      String client =
          onA.client().status().stream()
              .filter(state -> state.entry().name().text().equals("vm-17"))
              .map(state -> state.entry().text())
              .collect(Collectors.joining());
      // flags 1: the pid is appended; restricted 2: no SIGKILL.
      assertThat(client).contains(" flags=1 ").contains(" restricted=2 ");
    }
  }
}
