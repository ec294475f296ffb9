package io.sanlockd.model.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FlightRecordTest {
  private static final FlightLife LIFE =
      new FlightLife(
          17, 1_700_000_000_123L, UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"), 4711);

  private static FlightRecord record(String text) {
    return record(42, text);
  }

  private static FlightRecord record(long sequence, String text) {
    return new FlightRecord(
        sequence,
        LIFE,
        EventKind.SIGNAL.number(),
        1_700_000_001_000L,
        123_456_789_012L,
        5,
        LeaseName.of("x".repeat(48)),
        text,
        false,
        -1,
        Long.MIN_VALUE,
        3);
  }

  private static ByteBuffer sector(FlightRecord record) {
    ByteBuffer sector = ByteBuffer.allocate(FlightLayout.RECORD_BYTES);
    record.encode(sector);
    return sector;
  }

  @Test
  void whatIsWrittenIsRead() {
    FlightRecord record = record("caf\u00e9");
    assertThat(FlightRecord.decode(sector(record))).contains(record);
  }

  @Test
  void fieldsLieWhereTheTableSays() {
    ByteBuffer sector = sector(record("text")).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(sector.getShort(4)).isEqualTo((short) EventKind.SIGNAL.number());
    assertThat(sector.getShort(6)).isEqualTo((short) 4);
    assertThat(sector.getLong(8)).isEqualTo(42);
    assertThat(sector.getLong(16)).isEqualTo(17);
    assertThat(sector.getLong(24)).isEqualTo(LIFE.startMillis());
    assertThat(sector.get(32)).isEqualTo((byte) 0x01);
    assertThat(sector.get(47)).isEqualTo((byte) 0xef);
    assertThat(sector.getInt(48)).isEqualTo(4711);
    assertThat(sector.getLong(56)).isEqualTo(1_700_000_001_000L);
    assertThat(sector.getLong(64)).isEqualTo(123_456_789_012L);
    assertThat(sector.getLong(72)).isEqualTo(5);
    assertThat(sector.getLong(88)).isEqualTo(Long.MIN_VALUE);
    assertThat(sector.get(104)).isEqualTo((byte) 'x');
    assertThat(sector.get(152)).isEqualTo((byte) 't');
  }

  @Test
  void aTextThatIsTooLongIsCutAndSaysSo() {
    FlightRecord read = FlightRecord.decode(sector(record("a".repeat(500)))).orElseThrow();
    assertThat(read.text()).isEqualTo("a".repeat(FlightRecord.TEXT_BYTES));
    assertThat(read.textCut()).isTrue();
    FlightRecord exact =
        FlightRecord.decode(sector(record("a".repeat(FlightRecord.TEXT_BYTES)))).orElseThrow();
    assertThat(exact.textCut()).isFalse();
  }

  @Test
  void oneWrongBitAnywhereIsNoticed() {
    byte[] whole = sector(record("text")).array();
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(FlightRecord.decode(ByteBuffer.wrap(damaged))).as("bit %d", bit).isEmpty();
    }
  }

  /** The first or the last bytes of a record over those of an older one. */
  @Test
  void halfARecordIsNone() {
    byte[] old = sector(record(41, "old")).array();
    byte[] young = sector(record("young")).array();
    for (int length = 1; length < young.length; length++) {
      byte[] torn = old.clone();
      System.arraycopy(young, 0, torn, 0, length);
      boolean whole = Arrays.equals(torn, young);
      assertThat(FlightRecord.decode(ByteBuffer.wrap(torn)).isPresent()).isEqualTo(whole);
      torn = young.clone();
      System.arraycopy(old, 0, torn, 0, length);
      whole = Arrays.equals(torn, old);
      assertThat(FlightRecord.decode(ByteBuffer.wrap(torn)).isPresent()).isEqualTo(whole);
    }
  }

  @Test
  void zerosAreNoRecord() {
    assertThat(FlightRecord.decode(ByteBuffer.allocate(FlightLayout.RECORD_BYTES))).isEmpty();
  }

  @Test
  void numbersOfKindsAreDifferentAndFindTheirKind() {
    for (EventKind kind : EventKind.values()) {
      assertThat(EventKind.of(kind.number())).contains(kind);
    }
    assertThat(EventKind.of(9999)).isEmpty();
  }
}
