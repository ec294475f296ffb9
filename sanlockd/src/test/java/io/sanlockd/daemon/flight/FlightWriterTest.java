package io.sanlockd.daemon.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryLog;
import io.sanlockd.daemon.world.VirtualTime;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.model.flight.FlightRecord;
import io.sanlockd.model.flight.FlightScan;
import io.sanlockd.model.testing.Until;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightWriterTest {
  private static final UUID BOOT = new UUID(1, 2);
  private static final int QUEUE_LENGTH = 4096;

  @TempDir Path directory;
  private final VirtualTime time = new VirtualTime();
  private final MemoryLog log = new MemoryLog();
  private final FlightRecorder recorder = new FlightRecorder(time);
  private FlightSettings settings;

  @BeforeEach
  void place() {
    settings = settings(directory.resolve("flight"));
  }

  @AfterEach
  void endTime() {
    time.close();
  }

  private static FlightSettings settings(Path file) {
    return new FlightSettings(file, FlightLayout.MIN_KILOBYTES, BOOT, 77, LeaseName.of("host7"));
  }

  private FlightWriter writer() {
    return recorder.writer(settings, log.prefixed(""));
  }

  private List<FlightRecord> records() throws IOException {
    try (FileChannel channel = FileChannel.open(settings.file())) {
      return FlightScan.read(channel).records();
    }
  }

  private static void drain(FlightWriter writer) {
    while (writer.turn()) {
      // More is waiting.
    }
  }

  @Test
  void everyRecordTellsItsLifeAndTheTimeOfTheEventNotOfTheWriting() throws Exception {
    time.advance(5);
    recorder.happened(EventKind.SIGNAL, LeaseName.of("LS"), 4711, 15);
    long then = time.nanos();
    time.advance(3);
    drain(writer());
    FlightRecord started = records().get(0);
    FlightRecord signal = records().get(1);
    assertThat(started.event()).contains(EventKind.STARTED);
    assertThat(started.text()).isEqualTo("host7");
    assertThat(signal.monotonicNanos()).isEqualTo(then);
    assertThat(signal.wallMillis() - started.wallMillis()).isBetween(4_500L, 5_500L);
    assertThat(System.currentTimeMillis() - signal.wallMillis()).isGreaterThanOrEqualTo(2_900);
    assertThat(signal.life()).isEqualTo(started.life());
    assertThat(signal.life().boot()).isEqualTo(BOOT);
    assertThat(signal.life().pid()).isEqualTo(77);
    assertThat(signal.life().first()).isEqualTo(started.sequence());
    assertThat(List.of(signal.a(), signal.b())).containsExactly(4711L, 15L);
  }

  @Test
  void livesInOneFileAreToldApart() throws Exception {
    for (int life = 0; life < 3; life++) {
      FlightWriter writer = writer();
      recorder.happened(EventKind.PAUSED, life);
      drain(writer);
      writer.close();
    }
    List<FlightRecord> all = records();
    assertThat(all).extracting(FlightRecord::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(all)
        .extracting(record -> record.life().first())
        .containsExactly(1L, 1L, 3L, 3L, 5L, 5L);
  }

  @Test
  void whatDoesNotFitIsCounted() throws Exception {
    for (int i = 0; i < QUEUE_LENGTH + 25; i++) {
      recorder.happened(EventKind.GRANTED, LeaseName.EMPTY, "r", i, 0, 0);
    }
    drain(writer());
    FlightRecord last = records().get(records().size() - 1);
    assertThat(last.event()).as("behind those that did fit").contains(EventKind.RECORDS_LOST);
    assertThat(last.a()).isEqualTo(25);
  }

  @Test
  void aFileThatCanNotBeOpenedIsSaidOnceAndTriedAgain() throws Exception {
    settings = settings(directory.resolve("missing/flight"));
    FlightWriter writer = writer();
    for (int minute = 0; minute < 3; minute++) {
      recorder.happened(EventKind.PAUSED, 1);
      drain(writer);
      time.advance(61);
    }
    assertThat(log.matching("flight record .*NoSuchFileException.*")).hasSize(1);
    Files.createDirectory(directory.resolve("missing"));
    drain(writer);
    recorder.happened(EventKind.SUSPENDED, 2);
    drain(writer);
    assertThat(records())
        .extracting(record -> record.event().orElseThrow())
        .containsExactly(EventKind.STARTED, EventKind.RECORDS_LOST, EventKind.SUSPENDED);
    assertThat(records().get(1).a()).isEqualTo(3);
  }

  @Test
  void turnedOffNothingIsKept() throws Exception {
    recorder.turnOff();
    recorder.happened(EventKind.PAUSED, 1);
    drain(writer());
    assertThat(records()).hasSize(1);
  }

  @Test
  void theThreadWritesWhatIsUrgentByItselfAndAllWhenItIsClosed() throws Exception {
    recorder.start(settings, log.prefixed(""));
    recorder.happened(EventKind.SIGNAL, LeaseName.of("LS"), 1, 15);
    Until.holds("it is written", () -> Files.exists(settings.file()) && records().size() == 2);
    recorder.happened(EventKind.GRANTED, LeaseName.of("LS"), 1, 2);
    recorder.awaitWritten(60_000);
    assertThat(records()).hasSize(3);
    recorder.happened(EventKind.ENDED, 0);
    recorder.close(60_000);
    assertThat(records()).hasSize(4);
  }
}
