package io.sanlockd.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteFenceTest {
  private boolean lost;
  private final WriteFence fence = new WriteFence(() -> lost);

  @Test
  void itIsNotShutBeforeTheLastWriteHasEnded() {
    assertThat(fence.enter()).isTrue();
    assertThat(fence.enter()).isTrue();
    fence.leave();
    assertThat(fence.shut()).isFalse();
    fence.leave();
    assertThat(fence.shut()).isTrue();
  }

  @Test
  void onceShutNoWriteBegins() {
    assertThat(fence.enter()).isTrue();
    fence.shut();
    assertThat(fence.enter()).isFalse();
    fence.leave();
    assertThat(fence.enter()).isFalse();
    assertThat(fence.shut()).isTrue();
  }

  @Test
  void norWhileTheLeaseMayBeLost() {
    lost = true;
    assertThat(fence.enter()).isFalse();
    lost = false;
    assertThat(fence.enter()).isTrue();
    fence.leave();
    assertThat(fence.shut()).isTrue();
  }

  /** Otherwise the lease could be found lost and the fence shut between the two. */
  @Test
  void whoShutsItWhileAWriterAsksForTheTimeWaitsForHim() {
    boolean[] shut = {true};
    WriteFence[] asked = new WriteFence[1];
    asked[0] =
        new WriteFence(
            () -> {
              shut[0] = asked[0].shut();
              return false;
            });
    assertThat(asked[0].enter()).isTrue();
    assertThat(shut[0]).isFalse();
  }
}
