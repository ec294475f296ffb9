package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the lease library promises, on two hosts with real daemons that share a file. Subclasses say
 * whose daemons.
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class LeaseContract {
  private static final int MEBIBYTE = 1 << 20;
  private static final int AREAS = 8;
  private static final long LIMIT_SECONDS = 60;
  private static final Duration LONG = Duration.ofSeconds(LIMIT_SECONDS);
  private static final String LS = "ls";

  private Path directory;
  private Path disk;
  private HostUnderTest hostA;
  private HostUnderTest hostB;
  private Leases onA;
  private Leases onB;

  /**
   * Starts a daemon without watchdog and waits until it answers; skips the test when there is none.
   *
   * @param runDirectory exists; the daemon's socket goes there
   */
  protected abstract HostUnderTest start(Path runDirectory, String hostName) throws Exception;

  /** The command line program that starts children. */
  protected abstract Path sanlock();

  @BeforeEach
  void twoHostsJoinALockspace() throws Exception {
    // Not the default directory: the path of a socket must be short.
    directory = Files.createTempDirectory(Path.of("/tmp"), "clib-lease");
    disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength((long) AREAS * MEBIBYTE);
    }
    hostA = start(Files.createDirectory(directory.resolve("a")), "host-a");
    hostB = start(Files.createDirectory(directory.resolve("b")), "host-b");
    onA = Leases.open(hostA.endpoint());
    onB = Leases.open(hostB.endpoint());
    onA.client().writeLockspace(lockspace(0), 1);
    for (int area = 1; area <= 3; area++) {
      onA.client().writeResource(lease(area).onDisks(LeaseMode.EXCLUSIVE), 0);
    }
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> join(onA.client(), 1));
    join(onB.client(), 2);
    first.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable thing : new AutoCloseable[] {onA, onB, hostA, hostB}) {
      if (thing != null) {
        thing.close();
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Lockspace lockspace(long hostId) {
    return new Lockspace(LeaseName.of(LS), hostId, 0, new Disk(disk.toString(), 0));
  }

  private void join(SanlockClient client, long hostId) {
    try {
      client.addLockspace(lockspace(hostId), 1);
    } catch (SanlockException e) {
      throw new IllegalStateException(e);
    }
  }

  private LeaseResource lease(int area) {
    return LeaseResource.of(LS, "r" + area, disk.toString(), (long) area * MEBIBYTE);
  }

  /** Records what a listener is told. */
  private static final class Losses implements LeaseListener {
    private final CompletableFuture<LeaseLoss> loss = new CompletableFuture<>();
    private final CountDownLatch late = new CountDownLatch(1);
    private final CountDownLatch renewed = new CountDownLatch(1);
    private final CompletableFuture<HostNotice> request = new CompletableFuture<>();
    private final AtomicInteger losses = new AtomicInteger();

    @Override
    public void lost(Lease lease, LeaseLoss why) {
      losses.incrementAndGet();
      assertThat(lease.isHeld()).isFalse();
      loss.complete(why);
    }

    @Override
    public void renewalLate(Lease lease, Duration sinceRenewal) {
      late.countDown();
    }

    @Override
    public void renewed(Lease lease) {
      renewed.countDown();
    }

    @Override
    public void requested(Lease lease, HostNotice event) {
      request.complete(event);
    }

    private LeaseLoss await() throws Exception {
      return loss.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

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
  void theDeathOfTheDaemonIsReportedAndTheLeaseIsNeverHeldAgain() throws Exception {
    Losses losses = new Losses();
    Lease held = onA.request(lease(1)).listener(losses).acquire();
    Lease other = onA.request(lease(2)).shared().acquire();
    hostA.killDaemon();
    assertThat(losses.await().cause()).isEqualTo(LeaseLoss.Cause.DAEMON_GONE);
    assertThat(other.whenLost().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS).cause())
        .isEqualTo(LeaseLoss.Cause.DAEMON_GONE);
    assertThat(held.isHeld()).isFalse();
    assertThat(held.remaining()).isZero();
    LeaseLostException error =
        catchThrowableOfType(LeaseLostException.class, () -> held.convert(LeaseMode.SHARED));
    assertThat(error.loss().cause()).isEqualTo(LeaseLoss.Cause.DAEMON_GONE);
    assertThatThrownBy(() -> held.value(ValueCodec.bytes()).get())
        .isInstanceOf(LeaseLostException.class);
    held.close();
    other.close();
    assertThat(held.isHeld()).isFalse();
    assertThat(held.loss()).isPresent();
    assertThat(losses.losses).hasValue(1);
    assertThat(
            catchThrowableOfType(SanlockException.class, () -> onA.request(lease(1)).acquire())
                .number())
        .isIn(ResultCode.ECONNREFUSED.number(), ResultCode.ENOENT.number());
  }

  @Test
  void theDeathOfTheDaemonEndsAWaitingAcquire() throws Exception {
    Lease held = onA.request(lease(1)).acquire();
    CompletableFuture<Lease> waiting =
        onB.request(lease(1)).waitingFor(LONG).retrying(RetryPolicy.every(LONG)).acquireAsync();
    assertThatThrownBy(() -> waiting.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    hostB.killDaemon();
    assertThatThrownBy(() -> waiting.get(LIMIT_SECONDS / 2, TimeUnit.SECONDS))
        .hasCauseInstanceOf(SanlockException.class);
    held.close();
  }

  @Test
  void aStoppedDaemonIsNotBelievedWhenTheTimeOfTheLeaseIsOver() throws Exception {
    Losses losses = new Losses();
    Lease held = onA.request(lease(1)).listener(losses).acquire();
    stopDaemon(hostA);
    assertThat(losses.await().cause()).isEqualTo(LeaseLoss.Cause.NOT_CONFIRMED);
    assertThat(held.isHeld()).isFalse();
    // It must not be continued: it would see that it lost its lockspace and kill this process.
    hostA.killDaemon();
    assertThat(held.isHeld()).isFalse();
    assertThat(losses.losses).hasValue(1);
    held.close();
  }

  private static void stopDaemon(HostUnderTest host) throws Exception {
    Process kill =
        new ProcessBuilder("/bin/kill", "-STOP", Long.toString(host.daemonPid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void aLeaseReleasedByAnotherProcessIsLost() throws Exception {
    Losses losses = new Losses();
    try (Lease held = onA.request(lease(1)).listener(losses).acquire()) {
      int pid = (int) ProcessHandle.current().pid();
      Resource resource = held.named();
      onA.client().release(pid, List.of(resource));
      assertThat(losses.await().cause()).isEqualTo(LeaseLoss.Cause.RELEASED_BY_OTHERS);
    }
  }

  @Test
  void closingTheLeasesOfAProcessGivesThemAllBack() throws Exception {
    Losses losses = new Losses();
    List<Lease> held = new ArrayList<>();
    for (int area = 1; area <= 3; area++) {
      held.add(onA.request(lease(area)).listener(losses).acquire());
    }
    onA.close();
    assertThat(losses.await().cause()).isEqualTo(LeaseLoss.Cause.CLOSED_HERE);
    assertThat(held).noneMatch(Lease::isHeld);
    for (int area = 1; area <= 3; area++) {
      onB.request(lease(area)).waitingFor(LONG).acquire().close();
    }
    assertThatThrownBy(() -> onA.request(lease(1)).acquire())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyThreadsUseOneObjectAndNeverHoldTheLeaseTogether() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<Long> versions = java.util.concurrent.ConcurrentHashMap.newKeySet();
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
  void aMutexWhoseLeaseIsLostDoesNotCountTheWorkAsDone() throws Exception {
    LeaseMutex mutex = new LeaseMutex(onA.request(lease(1)));
    assertThatThrownBy(
            () ->
                mutex.call(
                    lease -> {
                      hostA.killDaemon();
                      return lease.whenLost().toCompletableFuture().join();
                    }))
        .isInstanceOf(LeaseLostException.class);
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
