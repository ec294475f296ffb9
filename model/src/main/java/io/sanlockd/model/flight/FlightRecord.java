package io.sanlockd.model.flight;

import static io.sanlockd.model.flight.FlightLayout.RECORD_BYTES;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Something that happened. Its bytes are those of the table in the package comment.
 *
 * @param sequence its number, from 1
 * @param life the life of the daemon it belongs to
 * @param kind number of its {@link EventKind}
 * @param wallMillis when, milliseconds since 1970
 * @param monotonicNanos when, on CLOCK_MONOTONIC
 * @param suspendedNanos what CLOCK_BOOTTIME was ahead of that
 * @param lockspace its name, empty when it is about none
 * @param text one char for each byte; on disk at most {@value #TEXT_BYTES}
 * @param textCut whether the text was longer
 * @param a first number, see the kind
 * @param b second number
 * @param c third number
 */
public record FlightRecord(
    long sequence,
    FlightLife life,
    int kind,
    long wallMillis,
    long monotonicNanos,
    long suspendedNanos,
    LeaseName lockspace,
    String text,
    boolean textCut,
    long a,
    long b,
    long c) {
  /** Longest text on disk. */
  public static final int TEXT_BYTES = 360;

  private static final int KIND_OFFSET = 4;
  private static final int TEXT_LENGTH_OFFSET = 6;
  private static final int SEQUENCE_OFFSET = 8;
  private static final int LIFE_OFFSET = 16;
  private static final int LIFE_START_OFFSET = 24;
  private static final int BOOT_OFFSET = 32;
  private static final int PID_OFFSET = 48;
  private static final int WALL_OFFSET = 56;
  private static final int MONOTONIC_OFFSET = 64;
  private static final int SUSPENDED_OFFSET = 72;
  private static final int NUMBERS_OFFSET = 80;
  private static final int LOCKSPACE_OFFSET = 104;
  private static final int TEXT_OFFSET = 152;
  private static final int LONGEST_TEXT = 0xffff;

  /** Its kind; empty when a later version wrote it. */
  public Optional<EventKind> event() {
    return EventKind.of(kind);
  }

  /** Nanoseconds since the kernel was started, time spent suspended included. */
  public long sinceBootNanos() {
    return monotonicNanos + suspendedNanos;
  }

  /** Fills a sector of {@value FlightLayout#RECORD_BYTES} bytes, from index 0 on. */
  public void encode(ByteBuffer sector) {
    sector.order(ByteOrder.LITTLE_ENDIAN).clear();
    sector.put(0, new byte[RECORD_BYTES]);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int kept = Math.min(bytes.length, TEXT_BYTES);
    int length = textCut ? Math.max(bytes.length, TEXT_BYTES + 1) : bytes.length;
    sector.putShort(KIND_OFFSET, (short) kind);
    sector.putShort(TEXT_LENGTH_OFFSET, (short) Math.min(length, LONGEST_TEXT));
    sector.putLong(SEQUENCE_OFFSET, sequence);
    sector.putLong(LIFE_OFFSET, life.first());
    sector.putLong(LIFE_START_OFFSET, life.startMillis());
    sector.put(BOOT_OFFSET, bytesOf(life.boot()));
    sector.putInt(PID_OFFSET, life.pid());
    sector.putLong(WALL_OFFSET, wallMillis);
    sector.putLong(MONOTONIC_OFFSET, monotonicNanos);
    sector.putLong(SUSPENDED_OFFSET, suspendedNanos);
    sector.putLong(NUMBERS_OFFSET, a);
    sector.putLong(NUMBERS_OFFSET + 8, b);
    sector.putLong(NUMBERS_OFFSET + 16, c);
    sector.put(LOCKSPACE_OFFSET, lockspace.toField());
    sector.put(TEXT_OFFSET, bytes, 0, kept);
    sector.putInt(0, checksum(sector));
  }

  /**
   * Reads a sector.
   *
   * @param sector {@value FlightLayout#RECORD_BYTES} bytes from index 0 on
   * @return empty when it does not hold a whole record
   */
  public static Optional<FlightRecord> decode(ByteBuffer sector) {
    ByteBuffer fields = sector.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
    if (fields.getInt(0) != checksum(fields) || fields.getLong(SEQUENCE_OFFSET) <= 0) {
      return Optional.empty();
    }
    ByteBuffer boot = fields.duplicate();
    FlightLife life =
        new FlightLife(
            fields.getLong(LIFE_OFFSET),
            fields.getLong(LIFE_START_OFFSET),
            new UUID(boot.getLong(BOOT_OFFSET), boot.getLong(BOOT_OFFSET + 8)),
            fields.getInt(PID_OFFSET));
    int length = fields.getShort(TEXT_LENGTH_OFFSET) & LONGEST_TEXT;
    byte[] text = new byte[Math.min(length, TEXT_BYTES)];
    fields.get(TEXT_OFFSET, text);
    byte[] lockspace = new byte[LeaseName.FIELD_LENGTH];
    fields.get(LOCKSPACE_OFFSET, lockspace);
    return Optional.of(
        new FlightRecord(
            fields.getLong(SEQUENCE_OFFSET),
            life,
            fields.getShort(KIND_OFFSET) & LONGEST_TEXT,
            fields.getLong(WALL_OFFSET),
            fields.getLong(MONOTONIC_OFFSET),
            fields.getLong(SUSPENDED_OFFSET),
            LeaseName.ofField(lockspace),
            new String(text, StandardCharsets.ISO_8859_1),
            length > TEXT_BYTES,
            fields.getLong(NUMBERS_OFFSET),
            fields.getLong(NUMBERS_OFFSET + 8),
            fields.getLong(NUMBERS_OFFSET + 16)));
  }

  /** Most significant byte first. */
  private static byte[] bytesOf(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  private static int checksum(ByteBuffer sector) {
    CRC32C crc = new CRC32C();
    crc.update(sector.slice(KIND_OFFSET, RECORD_BYTES - KIND_OFFSET));
    return (int) crc.getValue();
  }
}
