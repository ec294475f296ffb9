package io.sanlockd.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LogDetail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonLogTest {
  private static final int NONE = -1;
  private static final int DEBUG = 7;
  private static final int NAMES = 4;

  private final Clock clock = () -> 1234 * Clock.SECOND_NANOS;
  @TempDir private Path directory;

  private LogSettings settings(int filePriority, boolean stderr) {
    return settings(filePriority, NAMES, stderr, Set.of());
  }

  private LogSettings settings(
      int filePriority, int namesPriority, boolean stderr, Set<LogDetail> details) {
    return new LogSettings(
        directory.resolve("log"), filePriority, NONE, namesPriority, stderr, true, details);
  }

  private static PrintStream stream(OutputStream out) {
    return new PrintStream(out, false, StandardCharsets.ISO_8859_1);
  }

  private static String ring(DaemonLog log) {
    LogText text = log.dump();
    StringBuilder all = new StringBuilder();
    while (text.chunks().hasNext()) {
      ByteBuffer chunk = text.chunks().next();
      all.append(StandardCharsets.ISO_8859_1.decode(chunk));
    }
    return all.toString();
  }

  @Test
  void theFileGetsMessagesOfItsPriorityAndTheRingAll() throws IOException {
    try (DaemonLog log =
        new DaemonLog(
            settings(4, false),
            clock,
            stream(OutputStream.nullOutputStream()),
            DaemonEvents.NONE)) {
      log.prefixed("s1 ").error("bad");
      log.prefixed("s1 ").warning("so so");
      log.prefixed("").debug("detail");
      assertThat(ring(log)).contains("bad", "so so", "detail");
    }

    List<String> lines = Files.readAllLines(directory.resolve("log"));
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d 1234 \\[\\d+]: s1 bad");
  }

  @Test
  void namesOfLeasesGoWhereTheirPrioritySays() throws IOException {
    assertThat(namesInFile(4, 4)).isTrue();
    assertThat(namesInFile(4, 3)).isTrue();
    assertThat(namesInFile(4, 6)).isFalse();
    assertThat(namesInFile(6, 6)).isTrue();
    assertThat(namesInFile(DEBUG, NONE)).isFalse();
  }

  private boolean namesInFile(int filePriority, int namesPriority) throws IOException {
    Files.deleteIfExists(directory.resolve("log"));
    LogSettings settings = settings(filePriority, namesPriority, false, Set.of());
    try (DaemonLog log =
        new DaemonLog(
            settings, clock, stream(OutputStream.nullOutputStream()), DaemonEvents.NONE)) {
      log.prefixed("s1:r2 ").names("resource ls:res:/disk:0");
      assertThat(ring(log)).endsWith("s1:r2 resource ls:res:/disk:0");
    }
    return Files.readString(directory.resolve("log")).contains("s1:r2 resource ls:res:/disk:0");
  }

  @Test
  void onlyTheDetailsAskedForAreWanted() {
    LogSettings settings = settings(NONE, NAMES, false, Set.of(LogDetail.PAXOS));
    try (DaemonLog log =
        new DaemonLog(
            settings, clock, stream(OutputStream.nullOutputStream()), DaemonEvents.NONE)) {
      assertThat(log.prefixed("s1 ").wants(LogDetail.PAXOS)).isTrue();
      assertThat(log.prefixed("s1 ").wants(LogDetail.RENEWAL)).isFalse();
    }
  }

  @Test
  void aLongLineIsCutTo509BytesAndItsNewline() throws IOException {
    try (DaemonLog log =
        new DaemonLog(
            settings(DEBUG, false),
            clock,
            stream(OutputStream.nullOutputStream()),
            DaemonEvents.NONE)) {
      log.prefixed("").error("x".repeat(2000));
    }

    assertThat(Files.size(directory.resolve("log"))).isEqualTo(510);
  }

  @Test
  void aNameWithANewlineCanNotForgeALine() throws IOException {
    try (DaemonLog log =
        new DaemonLog(
            settings(DEBUG, false),
            clock,
            stream(OutputStream.nullOutputStream()),
            DaemonEvents.NONE)) {
      log.prefixed("").error("name\nforged\rtoo");
    }

    assertThat(Files.readAllLines(directory.resolve("log")))
        .hasSize(1)
        .allMatch(line -> line.endsWith("name?forged?too"));
  }

  @Test
  void withoutAPriorityThereIsNoFile() {
    try (DaemonLog log =
        new DaemonLog(
            settings(NONE, false),
            clock,
            stream(OutputStream.nullOutputStream()),
            DaemonEvents.NONE)) {
      log.prefixed("").error("kept");
    }
    assertThat(directory.resolve("log")).doesNotExist();
  }

  @Test
  void aFileThatCanNotBeOpenedIsDoneWithout() {
    LogSettings nowhere =
        new LogSettings(
            directory.resolve("missing/log"), DEBUG, NONE, NAMES, false, true, Set.of());
    try (DaemonLog log =
        new DaemonLog(nowhere, clock, stream(OutputStream.nullOutputStream()), DaemonEvents.NONE)) {
      log.prefixed("").error("kept");
      assertThat(ring(log)).endsWith("kept");
    }
  }

  @Test
  void whoLogsNeverWaitsAndWhatDoesNotFitIsCounted() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch mayWrite = new CountDownLatch(1);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    OutputStream blocked =
        new OutputStream() {
          @Override
          public void write(int b) {
            written.write(b);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            writing.countDown();
            try {
              mayWrite.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            written.write(bytes, offset, length);
          }
        };
    DaemonLog log = new DaemonLog(settings(NONE, true), clock, stream(blocked), DaemonEvents.NONE);
    log.prefixed("").debug("first");
    assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();
    // The terminal is stuck: 4096 wait, the rest is dropped, and this thread goes on.
    for (int i = 0; i < 5000; i++) {
      log.prefixed("").debug("line " + i);
    }
    assertThat(ring(log)).endsWith("line 4999");

    mayWrite.countDown();
    log.close();

    String text = written.toString(StandardCharsets.ISO_8859_1);
    assertThat(text).contains("first", "line 0\n", "line 4095\n").doesNotContain("line 4096\n");
    assertThat(text).contains("dropped 904 entries");
  }
}
