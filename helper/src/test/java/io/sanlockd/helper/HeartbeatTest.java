package io.sanlockd.helper;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final List<byte[]> sent = new ArrayList<>();
  private boolean broken;

  private final Heartbeat heartbeat =
      new Heartbeat(
          new OutputStream() {
            @Override
            public void write(int b) {
              throw new AssertionError("a status must be written in one piece");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              if (broken) {
                throw new IOException("Broken pipe");
              }
              sent.add(bytes.clone());
            }
          },
          now::get);

  @Test
  void firstStatusIsSentAtOnceAndHasTheBytesOfTheSpecification() {
    assertThat(heartbeat.doWork()).isEqualTo(SECONDS.toNanos(30));
    assertThat(sent).containsExactly(new byte[] {1, 0, 0, 0});
  }

  @Test
  void nextStatusIsSentThirtySecondsAfterTheLast() {
    heartbeat.doWork();
    now.addAndGet(SECONDS.toNanos(30) - 1);
    assertThat(heartbeat.doWork()).isEqualTo(1);
    assertThat(sent).hasSize(1);
    now.addAndGet(1);
    heartbeat.doWork();
    assertThat(sent).hasSize(2);
  }

  @Test
  void failedStatusIsTriedAgainAfterTwoSeconds() {
    broken = true;
    assertThat(heartbeat.doWork()).isEqualTo(SECONDS.toNanos(2));
    broken = false;
    now.addAndGet(SECONDS.toNanos(2) - 1);
    assertThat(heartbeat.doWork()).isEqualTo(1);
    assertThat(sent).isEmpty();
    now.addAndGet(1);
    assertThat(heartbeat.doWork()).isEqualTo(SECONDS.toNanos(30));
    assertThat(sent).hasSize(1);
  }
}
