package io.sanlockd.model.flight;

import static io.sanlockd.model.flight.FlightLayout.HEADER_BYTES;
import static io.sanlockd.model.flight.FlightLayout.RECORD_BYTES;

import io.sanlockd.model.flight.EventKind.Ring;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All records of a file.
 *
 * @param layout where they lie
 * @param records in the order in which they were written
 * @param damaged number of sectors that hold something, but no whole record
 * @param missingBytes by how much the file is too short
 */
public record FlightScan(
    FlightLayout layout, List<FlightRecord> records, int damaged, long missingBytes) {
  private static final int CHUNK_RECORDS = 128;

  /** Takes a record and its place. */
  @FunctionalInterface
  public interface Visitor {
    /** A record at an index of a ring. */
    void record(Ring ring, int index, FlightRecord record);
  }

  /**
   * Reads a file from its beginning; its position is left anywhere. Somebody else may be writing.
   *
   * @throws FlightFormatException when it is no flight record
   */
  public static FlightScan read(SeekableByteChannel file) throws IOException {
    List<FlightRecord> records = new ArrayList<>();
    FlightLayout layout = layout(file);
    int damaged = visit(file, layout, (ring, index, record) -> records.add(record));
    records.sort(Comparator.comparingLong(FlightRecord::sequence));
    return new FlightScan(
        layout, List.copyOf(records), damaged, Math.max(0, layout.bytes() - file.size()));
  }

  /** Reads the header. */
  public static FlightLayout layout(SeekableByteChannel file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    fill(file, 0, header);
    return FlightLayout.decode(header.flip());
  }

  /**
   * Visits all records, ring after ring, from the first index to the last.
   *
   * @return number of sectors that are damaged; those behind the end of the file do not count
   */
  public static int visit(SeekableByteChannel file, FlightLayout layout, Visitor visitor)
      throws IOException {
    int damaged = 0;
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_RECORDS * RECORD_BYTES);
    for (Ring ring : Ring.values()) {
      for (int first = 0; first < layout.records(ring); first += CHUNK_RECORDS) {
        int count = Math.min(CHUNK_RECORDS, layout.records(ring) - first);
        fill(file, layout.offset(ring, first), chunk.clear().limit(count * RECORD_BYTES));
        int whole = chunk.position() / RECORD_BYTES;
        for (int i = 0; i < whole; i++) {
          ByteBuffer sector = chunk.slice(i * RECORD_BYTES, RECORD_BYTES);
          Optional<FlightRecord> record = FlightRecord.decode(sector);
          if (record.isPresent()) {
            visitor.record(ring, first + i, record.get());
          } else if (!isZero(sector)) {
            damaged++;
          }
        }
      }
    }
    return damaged;
  }

  private static boolean isZero(ByteBuffer sector) {
    for (int i = 0; i < RECORD_BYTES; i += Long.BYTES) {
      if (sector.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Reads until the buffer is full or the file ends. */
  private static void fill(SeekableByteChannel file, long offset, ByteBuffer buffer)
      throws IOException {
    file.position(offset);
    while (buffer.hasRemaining() && file.read(buffer) >= 0) {
      // More may come.
    }
  }
}
