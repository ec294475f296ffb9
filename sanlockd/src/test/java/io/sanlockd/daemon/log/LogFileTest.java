package io.sanlockd.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  private final AtomicLong seconds = new AtomicLong(1000);
  private final Clock clock = () -> seconds.get() * Clock.SECOND_NANOS;
  @TempDir private Path directory;
  private Path path;
  private LogFile file;

  @BeforeEach
  void open() {
    path = directory.resolve("log");
    file = new LogFile(path, clock);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private void write(String line) {
    assertThat(file.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1))).isZero();
  }

  private Path rotate() throws IOException {
    return Files.move(path, directory.resolve("log.1"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void linesAreAppendedToWhatIsThere() throws IOException {
    write("one");
    try (LogFile second = new LogFile(path, clock)) {
      assertThat(second.write("two\n".getBytes(StandardCharsets.ISO_8859_1))).isZero();
    }
    write("three");
    assertThat(path).hasContent("one\ntwo\nthree\n");
  }

  @Test
  void aFileThatWasMovedAwayIsMadeAnew() throws IOException {
    write("one");
    Path old = rotate();
    write("two");
    assertThat(old).hasContent("one\n");
    assertThat(path).hasContent("two\n");
  }

  @Test
  void aFileThatTookItsPlaceIsAppendedTo() throws IOException {
    write("one");
    rotate();
    Files.writeString(path, "made by logrotate\n");
    write("two");
    assertThat(path).hasContent("made by logrotate\ntwo\n");
  }

  @Test
  void aFileThatIsCutShortGoesOnFromItsStart() throws IOException {
    write("one");
    Files.writeString(path, "", StandardOpenOption.TRUNCATE_EXISTING);
    write("two");
    assertThat(path).hasContent("two\n");
  }

  @Test
  void untilTheNewFileCanBeOpenedTheOldOneIsUsed() throws IOException {
    write("one");
    Path old = rotate();
    Files.createDirectory(path);
    write("two");
    assertThat(old).hasContent("one\ntwo\n");

    Files.delete(path);
    write("three");
    assertThat(old).as("not tried again at once").hasContent("one\ntwo\nthree\n");
    seconds.addAndGet(10);
    write("four");

    assertThat(old).hasContent("one\ntwo\nthree\n");
    assertThat(path).hasContent("four\n");
  }

  @Test
  void withoutAFileLinesAreDroppedUntilThereIsOne() throws IOException {
    Path missing = directory.resolve("missing/log");
    try (LogFile later = new LogFile(missing, clock)) {
      assertThat(later.write("lost\n".getBytes(StandardCharsets.ISO_8859_1))).isZero();
      Files.createDirectory(missing.getParent());
      seconds.addAndGet(10);
      assertThat(later.write("kept\n".getBytes(StandardCharsets.ISO_8859_1))).isZero();
    }
    assertThat(missing).hasContent("kept\n");
  }
}
