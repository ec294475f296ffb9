package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.client.SanlockException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a lease promises when something fails: it is told, and never held again. */
public abstract class LeaseFailureContract extends TwoHosts {
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
}
