package io.sanlockd.model.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind.Ring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightScanTest {
  private static final FlightLayout LAYOUT = FlightLayout.ofKilobytes(64);

  @TempDir Path directory;

  private static FlightRecord record(long sequence, EventKind kind) {
    return new FlightRecord(
        sequence,
        new FlightLife(1, 0, FlightLife.NO_BOOT, 1),
        kind.number(),
        0,
        0,
        0,
        LeaseName.EMPTY,
        "",
        false,
        0,
        0,
        0);
  }

  private static void put(byte[] file, Ring ring, int index, FlightRecord record) {
    ByteBuffer sector = ByteBuffer.allocate(FlightLayout.RECORD_BYTES);
    record.encode(sector);
    System.arraycopy(
        sector.array(), 0, file, (int) LAYOUT.offset(ring, index), FlightLayout.RECORD_BYTES);
  }

  private static byte[] empty() {
    byte[] file = new byte[(int) LAYOUT.bytes()];
    System.arraycopy(LAYOUT.encode().array(), 0, file, 0, FlightLayout.HEADER_BYTES);
    return file;
  }

  private FlightScan scan(byte[] content) throws IOException {
    Path file = Files.write(directory.resolve("flight"), content);
    try (FileChannel channel = FileChannel.open(file)) {
      return FlightScan.read(channel);
    }
  }

  @Test
  void theRingsFillTheFileAndDoNotOverlap() {
    assertThat(LAYOUT.bytes()).isEqualTo(64 * 1024);
    assertThat(LAYOUT.offset(Ring.VITAL, 0)).isEqualTo(4096);
    assertThat(LAYOUT.offset(Ring.LOG, 0)).isEqualTo(LAYOUT.offset(Ring.VITAL, LAYOUT.vital()));
    assertThat(LAYOUT.offset(Ring.TRAFFIC, 0)).isEqualTo(LAYOUT.offset(Ring.LOG, LAYOUT.log()));
    assertThat(FlightLayout.ofKilobytes(FlightLayout.MAX_KILOBYTES).bytes())
        .isEqualTo(FlightLayout.MAX_KILOBYTES * 1024L);
  }

  @Test
  void recordsOfAllRingsComeInTheirOrder() throws IOException {
    byte[] file = empty();
    put(file, Ring.TRAFFIC, 0, record(2, EventKind.GRANTED));
    put(file, Ring.VITAL, 5, record(1, EventKind.STARTED));
    put(file, Ring.VITAL, 0, record(4, EventKind.ENDED));
    put(file, Ring.LOG, LAYOUT.log() - 1, record(3, EventKind.LOG_ERROR));
    FlightScan scan = scan(file);
    assertThat(scan.records()).extracting(FlightRecord::sequence).containsExactly(1L, 2L, 3L, 4L);
    assertThat(scan.damaged()).isZero();
    assertThat(scan.missingBytes()).isZero();
  }

  @Test
  void whatIsDamagedIsCountedAndLeftOut() throws IOException {
    byte[] file = empty();
    put(file, Ring.VITAL, 0, record(1, EventKind.STARTED));
    put(file, Ring.VITAL, 1, record(2, EventKind.ENDED));
    file[(int) LAYOUT.offset(Ring.VITAL, 1) + 300] ^= 1;
    FlightScan scan = scan(file);
    assertThat(scan.records()).extracting(FlightRecord::sequence).containsExactly(1L);
    assertThat(scan.damaged()).isEqualTo(1);
  }

  @Test
  void ofAFileThatIsCutOffTheRestIsRead() throws IOException {
    byte[] file = empty();
    put(file, Ring.VITAL, 0, record(1, EventKind.STARTED));
    put(file, Ring.VITAL, 1, record(2, EventKind.ENDED));
    for (int length = FlightLayout.HEADER_BYTES; length < file.length; length += 100) {
      FlightScan scan = scan(java.util.Arrays.copyOf(file, length));
      int whole = (length - FlightLayout.HEADER_BYTES) / FlightLayout.RECORD_BYTES;
      assertThat(scan.records()).hasSize(Math.min(2, whole));
      assertThat(scan.missingBytes()).isEqualTo(file.length - length);
    }
  }

  @Test
  void whatIsNoFlightRecordIsRefusedByName() {
    assertThatThrownBy(() -> scan(new byte[0])).hasMessageContaining("only 0 bytes");
    assertThatThrownBy(() -> scan(new byte[10_000]))
        .isInstanceOf(FlightFormatException.class)
        .hasMessage("it is no flight record");
    byte[] newer = empty();
    newer[8] = 2;
    assertThatThrownBy(() -> scan(newer)).hasMessageContaining("version 2");
    byte[] damaged = empty();
    damaged[20] ^= 1;
    assertThatThrownBy(() -> scan(damaged)).hasMessageContaining("header is damaged");
  }

  /** The sizes in a header decide how much is read: they are believed only within limits. */
  @Test
  void aHeaderWithMadeUpSizesIsRefused() {
    int[][] sizes = {{0, 1, 1}, {-1, 1, 1}, {Integer.MAX_VALUE, 1, 1}, {32_000, 32_000, 1}};
    for (int[] size : sizes) {
      byte[] file = empty();
      ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size.length; i++) {
        header.putInt(16 + 4 * i, size[i]);
      }
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(file, 0, 28);
      header.putInt(28, (int) crc.getValue());
      assertThatThrownBy(() -> scan(file)).hasMessageContaining("makes no sense");
    }
  }
}
