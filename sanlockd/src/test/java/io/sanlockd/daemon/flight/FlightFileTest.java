package io.sanlockd.daemon.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.EventKind.Ring;
import io.sanlockd.model.flight.FlightFormatException;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import io.sanlockd.model.flight.FlightScan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightFileTest {
  private static final int KILOBYTES = FlightLayout.MIN_KILOBYTES;
  private static final FlightLayout LAYOUT = FlightLayout.ofKilobytes(KILOBYTES);

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("flight");
  }

  private static FlightRecord record(long sequence) {
    return new FlightRecord(
        sequence,
        new FlightLife(1, 0, FlightLife.NO_BOOT, 1),
        EventKind.RENEWED.number(),
        0,
        0,
        0,
        LeaseName.of("LS"),
        "number " + sequence,
        false,
        sequence,
        0,
        0);
  }

  private void append(Ring ring, int count) throws IOException {
    try (FlightFile file = FlightFile.open(path, KILOBYTES)) {
      for (int i = 0; i < count; i++) {
        file.append(ring, record(file.nextSequence()));
      }
    }
  }

  private static List<Long> sequences(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return FlightScan.read(channel).records().stream().map(FlightRecord::sequence).toList();
    }
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void itsBlocksExistFromTheStartSoThatAFullDiskDoesNotStopItLater() throws IOException {
    append(Ring.VITAL, 0);
    assertThat(Files.size(path)).isEqualTo(LAYOUT.bytes());
    assertThat(allocatedBytes(path)).isGreaterThanOrEqualTo(LAYOUT.bytes());
  }

  private static long allocatedBytes(Path file) throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
    String[] words =
        new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .strip()
            .split(" ", -1);
    return Long.parseLong(words[0]) * Long.parseLong(words[1]);
  }

  @Test
  void theNewestRecordsReplaceTheOldestOfTheirRing() throws IOException {
    append(Ring.TRAFFIC, 1);
    append(Ring.VITAL, 3 * LAYOUT.vital() + 7);
    long last = 1 + 3L * LAYOUT.vital() + 7;
    assertThat(sequences(path)).hasSize(LAYOUT.vital() + 1).startsWith(1L);
    assertThat(sequences(path).subList(1, LAYOUT.vital() + 1))
        .isEqualTo(range(last - LAYOUT.vital() + 1, last));
  }

  @Test
  void itIsContinuedWhereItEnded() throws IOException {
    for (int i = 0; i < LAYOUT.log() + 3; i++) {
      append(Ring.LOG, 1);
    }
    assertThat(sequences(path)).isEqualTo(range(4, LAYOUT.log() + 3));
  }

  /** Sectors are written one after the other, and of the last one any part. */
  @Test
  void aPowerCutAtAnyByteCostsAtMostTheRecordBeingWritten() throws IOException {
    append(Ring.VITAL, LAYOUT.vital() + 2);
    long last = LAYOUT.vital() + 2L;
    byte[] before = Files.readAllBytes(path);
    append(Ring.VITAL, 1);
    byte[] after = Files.readAllBytes(path);
    int place = Arrays.mismatch(before, after) / FlightLayout.RECORD_BYTES;
    int start = place * FlightLayout.RECORD_BYTES;
    for (int written = 0; written <= FlightLayout.RECORD_BYTES; written++) {
      byte[] torn = before.clone();
      System.arraycopy(after, start, torn, start, written);
      Files.write(path, torn);
      boolean none = Arrays.equals(torn, before);
      boolean whole = Arrays.equals(torn, after);
      List<Long> kept = none ? range(3, last) : range(4, whole ? last + 1 : last);
      assertThat(sequences(path)).as("%d bytes", written).isEqualTo(kept);
      // The next life goes on in the same place, over what is damaged.
      append(Ring.VITAL, 1);
      assertThat(sequences(path)).isEqualTo(range(whole ? 5 : 4, whole ? last + 2 : last + 1));
    }
  }

  @Test
  void aCrashWhileItIsMadeLeavesNothingThatStandsInTheWay() throws IOException {
    append(Ring.VITAL, 0);
    byte[] whole = Files.readAllBytes(path);
    for (int length : new int[] {0, 31, 4096, 5000, whole.length - 1}) {
      Files.delete(path);
      Files.write(directory.resolve("flight.new"), Arrays.copyOf(whole, length));
      append(Ring.VITAL, 1);
      assertThat(sequences(path)).containsExactly(1L);
      assertThat(directory.resolve("flight.new")).doesNotExist();
    }
  }

  @Test
  void anotherSizeBeginsANewFileAndKeepsTheOldOne() throws IOException {
    append(Ring.VITAL, 2);
    FlightFile.open(path, 2 * KILOBYTES).close();
    assertThat(Files.size(path)).isEqualTo(2L * KILOBYTES * 1024);
    assertThat(sequences(path)).isEmpty();
    assertThat(sequences(directory.resolve("flight.old"))).containsExactly(1L, 2L);
  }

  @Test
  void oneThatWasCutOffIsBegunAnew() throws IOException {
    append(Ring.VITAL, 2);
    Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 10_000));
    append(Ring.TRAFFIC, 1);
    assertThat(sequences(directory.resolve("flight.old"))).containsExactly(1L, 2L);
    assertThat(Files.size(path)).isEqualTo(LAYOUT.bytes());
  }

  @Test
  void whatIsNoFlightRecordIsNotTouched() throws IOException {
    Files.writeString(path, "somebody else's file, long enough for a header");
    assertThatThrownBy(() -> FlightFile.open(path, KILOBYTES))
        .isInstanceOf(FlightFormatException.class);
    assertThat(path).content().startsWith("somebody else's");
    assertThat(directory).isDirectoryNotContaining(file -> !file.equals(path));
    Path folder = Files.createDirectory(directory.resolve("folder"));
    assertThatThrownBy(() -> FlightFile.open(folder, KILOBYTES)).hasMessageContaining("regular");
  }

  @Test
  void twoDaemonsDoNotShareOne() throws IOException {
    try (FlightFile first = FlightFile.open(path, KILOBYTES)) {
      assertThatThrownBy(() -> FlightFile.open(path, KILOBYTES))
          .hasMessageContaining("another daemon");
      first.append(Ring.VITAL, record(first.nextSequence()));
    }
    assertThat(sequences(path)).containsExactly(1L);
  }
}
