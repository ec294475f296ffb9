package io.sanlockd.model.flight;

import io.sanlockd.model.Check;
import io.sanlockd.model.flight.EventKind.Ring;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where the rings of a file lie.
 *
 * @param vital records in the ring {@link Ring#VITAL}
 * @param log records in the ring {@link Ring#LOG}
 * @param traffic records in the ring {@link Ring#TRAFFIC}
 */
public record FlightLayout(int vital, int log, int traffic) {
  private static final String FILE = "/var/lib/sanlock/flight";
  private static final String RUN_DIRECTORY = "/run/sanlock";

  /** Bytes before the first ring. */
  public static final int HEADER_BYTES = 4096;

  /** Bytes of a record. */
  public static final int RECORD_BYTES = 512;

  /** Smallest file. */
  public static final int MIN_KILOBYTES = 64;

  /** Largest file. */
  public static final int MAX_KILOBYTES = 16 * 1024;

  private static final byte[] MAGIC = "SANFLIGT".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int VERSION_OFFSET = 8;
  private static final int RECORD_BYTES_OFFSET = 12;
  private static final int COUNTS_OFFSET = 16;
  private static final int CHECKSUM_OFFSET = 28;
  private static final int HEADER_FIELDS_BYTES = 32;
  private static final int MOST_RECORDS = MAX_KILOBYTES * (1024 / RECORD_BYTES);

  /** Checks the ranges: each ring has at least one record. */
  public FlightLayout {
    Check.argument(
        vital > 0 && log > 0 && traffic > 0 && (long) vital + log + traffic <= MOST_RECORDS,
        "bad sizes of rings");
  }

  /**
   * The layout of a file: half of it for {@link Ring#VITAL}, a quarter for each of the others.
   *
   * @param kilobytes {@value #MIN_KILOBYTES}..{@value #MAX_KILOBYTES}
   */
  public static FlightLayout ofKilobytes(int kilobytes) {
    Check.argument(
        kilobytes >= MIN_KILOBYTES && kilobytes <= MAX_KILOBYTES, "bad size: " + kilobytes);
    int records = (kilobytes * 1024 - HEADER_BYTES) / RECORD_BYTES;
    int quarter = records / 4;
    return new FlightLayout(records - 2 * quarter, quarter, quarter);
  }

  /**
   * The layout that a header tells.
   *
   * @param header the first bytes of a file, at least 32 unless the file is shorter
   * @throws FlightFormatException when it is none of ours
   */
  public static FlightLayout decode(ByteBuffer header) throws FlightFormatException {
    ByteBuffer fields = header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (fields.remaining() < HEADER_FIELDS_BYTES) {
      throw new FlightFormatException(
          "it has only " + fields.remaining() + " bytes and is no flight record");
    }
    int start = fields.position();
    byte[] magic = new byte[MAGIC.length];
    fields.get(start, magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new FlightFormatException("it is no flight record");
    }
    int version = fields.getInt(start + VERSION_OFFSET);
    if (version != VERSION) {
      throw new FlightFormatException(
          "it is a flight record of version " + version + ", known is " + VERSION);
    }
    if (fields.getInt(start + CHECKSUM_OFFSET) != checksum(fields, start)) {
      throw new FlightFormatException("its header is damaged");
    }
    try {
      Check.argument(fields.getInt(start + RECORD_BYTES_OFFSET) == RECORD_BYTES, "bad record size");
      return new FlightLayout(
          fields.getInt(start + COUNTS_OFFSET),
          fields.getInt(start + COUNTS_OFFSET + 4),
          fields.getInt(start + COUNTS_OFFSET + 8));
    } catch (IllegalArgumentException e) {
      throw new FlightFormatException("its header makes no sense: " + e.getMessage());
    }
  }

  /** The whole header, {@value #HEADER_BYTES} bytes. */
  public ByteBuffer encode() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(0, MAGIC);
    header.putInt(VERSION_OFFSET, VERSION);
    header.putInt(RECORD_BYTES_OFFSET, RECORD_BYTES);
    header.putInt(COUNTS_OFFSET, vital);
    header.putInt(COUNTS_OFFSET + 4, log);
    header.putInt(COUNTS_OFFSET + 8, traffic);
    header.putInt(CHECKSUM_OFFSET, checksum(header, 0));
    return header;
  }

  private static int checksum(ByteBuffer fields, int start) {
    CRC32C crc = new CRC32C();
    crc.update(fields.slice(start, CHECKSUM_OFFSET));
    return (int) crc.getValue();
  }

  /**
   * Where the file lies unless another place is configured: on storage that survives a reset, but
   * in a run directory that is not the default one.
   *
   * @param runDirectory of the daemon, null for the default
   */
  public static String defaultFile(String runDirectory) {
    return runDirectory == null || runDirectory.equals(RUN_DIRECTORY)
        ? FILE
        : runDirectory + "/flight";
  }

  /** Whether a configured place can be one. */
  public static boolean isPlace(String path) {
    return path.startsWith("/") && !path.endsWith("/");
  }

  /** Number of records in a ring. */
  public int records(Ring ring) {
    return switch (ring) {
      case VITAL -> vital;
      case LOG -> log;
      case TRAFFIC -> traffic;
    };
  }

  /** Offset in bytes of a record of a ring. */
  public long offset(Ring ring, int index) {
    long first =
        switch (ring) {
          case VITAL -> 0;
          case LOG -> vital;
          case TRAFFIC -> (long) vital + log;
        };
    return HEADER_BYTES + (first + index) * RECORD_BYTES;
  }

  /** Length of the file in bytes. */
  public long bytes() {
    return offset(Ring.TRAFFIC, traffic);
  }
}
