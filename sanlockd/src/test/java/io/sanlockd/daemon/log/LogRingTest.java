package io.sanlockd.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogRingTest {
  private final LogRing ring = new LogRing();

  private static String read(LogText text) {
    StringBuilder all = new StringBuilder();
    while (text.chunks().hasNext()) {
      all.append(StandardCharsets.ISO_8859_1.decode(text.chunks().next()));
    }
    assertThat(all).hasSize(text.length());
    return all.toString();
  }

  private void fill(int bytes) {
    String line = "x".repeat(1023) + "\n";
    for (int i = 0; i < bytes; i += line.length()) {
      ring.append(line);
    }
  }

  @Test
  void anEmptyRingHasNoText() {
    assertThat(read(ring.dump())).isEmpty();
  }

  @Test
  void aRingThatIsNotFullLeavesTheLastNewlineOut() {
    ring.append("one\n");
    ring.append("two\n");

    assertThat(read(ring.dump())).isEqualTo("one\ntwo");
  }

  @Test
  void aFullRingHasTheLastMebibyteOldestFirst() {
    ring.append("oldest\n");
    fill(LogRing.SIZE);
    ring.append("newest\n");

    String text = read(ring.dump());

    assertThat(text).hasSize(LogRing.SIZE).endsWith("x\nnewest\n").doesNotContain("oldest");
  }

  @Test
  void exactlyFullIsWhole() {
    fill(LogRing.SIZE);

    assertThat(read(ring.dump())).hasSize(LogRing.SIZE).startsWith("xxx").endsWith("x\n");
  }

  @Test
  void aLineAcrossTheEndIsWhole() {
    fill(LogRing.SIZE - 1024);
    ring.append("y".repeat(1020) + "\n");
    ring.append("across the end\n");

    assertThat(read(ring.dump())).endsWith("y\nacross the end\n");
  }

  @Test
  void aSlowReaderGetsBlankLinesForWhatWasOverwritten() {
    ring.append("gone\n");
    fill(LogRing.SIZE - 2048);
    ring.append("still there\n");
    LogText text = ring.dump();
    fill(4096);

    String read = read(text);

    assertThat(read).doesNotContain("gone").startsWith("\n\n").endsWith("x\nstill there");
  }
}
