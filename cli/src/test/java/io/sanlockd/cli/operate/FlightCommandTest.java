package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sanlockd.cli.operate.FlightLifeStory.End;
import io.sanlockd.cli.operate.FlightLifeStory.Present;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightCommandTest {
  private static final UUID BOOT = new UUID(1, 1);
  private static final UUID NEXT_BOOT = new UUID(2, 2);
  private static final long NOON_MILLIS = 1_700_000_000_000L;
  private static final int PID = 4242;
  private static final FlightLayout LAYOUT = FlightLayout.ofKilobytes(64);

  @TempDir Path directory;
  private final List<FlightRecord> records = new ArrayList<>();
  private FlightLife life;

  /** A life that begins at a second of its boot, with all clocks in step. */
  private void begin(UUID boot, long second) {
    life = new FlightLife(records.size() + 1, NOON_MILLIS + second * 1000, boot, PID);
    happens((double) second, EventKind.STARTED, "", "host7", 0, 0, 0);
  }

  private void happens(
      double second, EventKind kind, String space, String text, long a, long b, long c) {
    records.add(
        new FlightRecord(
            records.size() + 1,
            life,
            kind.number(),
            NOON_MILLIS + (long) (second * 1000),
            (long) (second * 1e9),
            0,
            LeaseName.of(space),
            text,
            false,
            a,
            b,
            c));
  }

  /** Second 0 is the start of the boot. */
  private void storageIsLost() {
    begin(BOOT, 10);
    happens(20, EventKind.WATCHDOG_ARMED, "LS", "", 95, 0, 0);
    happens(20, EventKind.JOINED, "LS", "LS:1:/dev/x:0", 1, 5, 10);
    for (int second = 35; second <= 95; second += 20) {
      happens(second + 0.03, EventKind.RENEWED, "LS", "", second, 10, 20);
      happens(second + 0.03, EventKind.WATCHDOG_UPDATED, "LS", "", second + 80, 0, 0);
    }
    happens(100, EventKind.GRANTED, "LS", "disk7", 815, 3, 0);
    happens(125, EventKind.RENEWAL_FAILED, "LS", "", -202, 30, 10);
    happens(155, EventKind.RENEWAL_LATE, "LS", "", 60, 20, 0);
    happens(175, EventKind.LOG_ERROR, "", "s1 check_our_lease failed 80", 0, 0, 0);
    happens(175, EventKind.STOPPING, "LS", "EXPIRED", 80, 0, 0);
    happens(175, EventKind.SIGNAL, "LS", "", 815, 15, 0);
    happens(215, EventKind.SIGNAL, "LS", "", 815, 9, 0);
  }

  private static Present present(UUID boot, long bootSecond, int daemonPid) {
    return new Present(
        boot, OptionalLong.of(NOON_MILLIS + bootSecond * 1000), pid -> pid == daemonPid);
  }

  private FlightLifeStory only(Present present) {
    List<FlightLifeStory> stories = FlightLifeStory.of(records, present);
    assertThat(stories).hasSize(1);
    return stories.get(0);
  }

  private Path file() throws IOException {
    byte[] content = new byte[(int) LAYOUT.bytes()];
    System.arraycopy(LAYOUT.encode().array(), 0, content, 0, FlightLayout.HEADER_BYTES);
    ByteBuffer sector = ByteBuffer.allocate(FlightLayout.RECORD_BYTES);
    for (int i = 0; i < records.size(); i++) {
      records.get(i).encode(sector);
      int at = (int) LAYOUT.offset(EventKind.Ring.VITAL, i);
      System.arraycopy(sector.array(), 0, content, at, FlightLayout.RECORD_BYTES);
    }
    return Files.write(directory.resolve("flight"), content);
  }

  @Test
  void aResetIsPlacedBetweenTheLastRecordAndTheNextBoot() {
    storageIsLost();
    FlightLifeStory story = only(present(NEXT_BOOT, 260, 0));
    assertThat(story.end()).isEqualTo(End.HOST_DOWN);
    assertThat(FlightVerdict.of(story))
        .containsExactly(
            "LS was lost 80 s after its last renewal; 2 signals were sent; not known to be gone:"
                + " 815.",
            "The host went down between 120 and 165 s after the last renewal of LS; its watchdog"
                + " was to be petted until 80 s after it.");
  }

  @Test
  void aHostThatWasBackBeforeItsWatchdogCouldFireWasResetByOthers() {
    begin(BOOT, 10);
    happens(20, EventKind.WATCHDOG_ARMED, "LS", "", 95, 0, 0);
    happens(35, EventKind.RENEWED, "LS", "", 35, 1, 1);
    happens(35, EventKind.WATCHDOG_UPDATED, "LS", "", 115, 0, 0);
    assertThat(FlightVerdict.of(only(present(NEXT_BOOT, 75, 0))))
        .containsExactly(
            "The host went down between 0 and 40 s after the last renewal of LS; its watchdog was"
                + " to be petted until 80 s after it, so that was not what reset the host.");
  }

  @Test
  void theNextLifeTellsWhenTheHostCameBackAlsoLongAfterwards() {
    storageIsLost();
    life = new FlightLife(records.size() + 1, NOON_MILLIS + 300_000, NEXT_BOOT, PID);
    records.add(
        new FlightRecord(
            records.size() + 1,
            life,
            EventKind.STARTED.number(),
            NOON_MILLIS + 300_000,
            40_000_000_000L,
            5_000_000_000L,
            LeaseName.EMPTY,
            "",
            false,
            0,
            0,
            0));
    List<FlightLifeStory> stories = FlightLifeStory.of(records, present(new UUID(9, 9), 9999, 0));
    assertThat(stories.get(0).bootMillis()).hasValue(NOON_MILLIS + 255_000);
    assertThat(stories.get(1).bootMillis()).hasValue(NOON_MILLIS + 9_999_000);
  }

  @Test
  void aDaemonThatDiedAloneIsToldFromOneThatRunsAndOneThatEnded() {
    storageIsLost();
    assertThat(only(present(BOOT, 0, PID)).end()).isEqualTo(End.RUNS);
    FlightLifeStory died = only(present(BOOT, 0, PID + 1));
    assertThat(died.end()).isEqualTo(End.DIED);
    assertThat(FlightVerdict.of(died))
        .anyMatch(
            text ->
                text.startsWith("The daemon ended at least 120 s after the last renewal of LS"));
    assertThat(only(present(FlightLife.NO_BOOT, 0, PID)).end()).isEqualTo(End.UNKNOWN);
    happens(220, EventKind.ENDED, "", "", 0, 0, 0);
    assertThat(only(present(NEXT_BOOT, 260, 0)).end()).isEqualTo(End.ORDERLY);
  }

  @Test
  void aLockspaceThatWasLeftIsNotBlamed() {
    storageIsLost();
    happens(216, EventKind.PROCESS_GONE, "LS", "", 815, 0, 0);
    happens(217, EventKind.LEFT, "LS", "", 0, 0, 0);
    assertThat(FlightVerdict.of(only(present(NEXT_BOOT, 260, 0))))
        .containsExactly(
            "The host went down within 43 s after the last record. No lockspace was joined.");
  }

  @Test
  void aRunningDaemonWithoutTroubleNeedsNoSentence() {
    begin(BOOT, 10);
    happens(35, EventKind.RENEWED, "LS", "", 35, 1, 1);
    assertThat(FlightVerdict.of(only(present(BOOT, 0, PID)))).isEmpty();
  }

  @Test
  void renewalsInARowAreOneLine() {
    storageIsLost();
    assertThat(FlightTimeline.of(records))
        .extracting(FlightTimeline.Line::text)
        .containsExactly(
            "the daemon starts, host host7",
            "watchdog armed, expires in 75 s",
            "joined as host 1, generation 5, io timeout 10 s: LS:1:/dev/x:0",
            "renewed 4 times until now, slowest 30 ms",
            "lease disk7 given to process 815, version 3",
            "renewal failed after 10 s: -202 AIO_TIMEOUT; the last good one is 30 s old",
            "renewal is 60 s old, the lease is lost in 20 s",
            "log, error: s1 check_our_lease failed 80",
            "LOST, its users are stopped: no renewal succeeded in time, the last renewal is 80 s"
                + " old",
            "SIGTERM is sent to process 815",
            "SIGKILL is sent to process 815");
  }

  @Test
  void whatBecomesOfLeasesReadsAsAStory() {
    begin(BOOT, 10);
    happens(20, EventKind.REFUSED, "LS", "disk7", 815, -243, 2);
    happens(21, EventKind.GRANTED, "LS", "disk7", 815, 3, 0);
    happens(22, EventKind.CONVERTING, "LS", "disk7", 815, 1, 0);
    happens(22, EventKind.CONVERTED, "LS", "disk7", 815, 3, 1);
    happens(23, EventKind.CONVERTING, "LS", "disk7", 815, 0, 0);
    happens(23, EventKind.CONVERT_REFUSED, "LS", "disk7", 815, -11, 0);
    happens(24, EventKind.CONVERT_HALFWAY, "LS", "disk7", 815, -202, 0);
    happens(25, EventKind.REQUESTED, "LS", "disk7", 815, 4, 1);
    happens(25, EventKind.SIGNAL, "LS", "", 815, 9, 0);
    happens(26, EventKind.ORPHANED, "LS", "disk8", 815, 0, 0);
    assertThat(records.stream().skip(1).map(FlightSentences::of))
        .containsExactly(
            "lease disk7 refused to process 815: -243 ACQUIRE_IDLIVE, held by another host that is"
                + " alive: host 2",
            "lease disk7 given to process 815, version 3",
            "process 815 wants lease disk7 shared from now on",
            "lease disk7 is shared now, version 3",
            "process 815 wants lease disk7 exclusive from now on",
            "lease disk7 is held as before: -11 EAGAIN, busy for the moment, or held shared by"
                + " another host",
            "lease disk7 may be shared by others already, its conversion failed: -202 AIO_TIMEOUT,"
                + " the I/O did not finish within the io_timeout and may still land",
            "another host asks for lease disk7 by force, held by process 815: wants version 4",
            "SIGKILL is sent to process 815",
            "lease disk8 stays held as an orphan, last of process 815");
  }

  /** That process is not known to be gone for it only. */
  @Test
  void aHolderStoppedForARequestIsNoneOfALossThatFollows() {
    begin(BOOT, 10);
    happens(15, EventKind.RENEWED, "LS", "", 15, 1, 1);
    happens(20, EventKind.REQUESTED, "LS", "disk7", 814, 4, 1);
    happens(20, EventKind.SIGNAL, "LS", "", 814, 9, 0);
    happens(95, EventKind.STOPPING, "LS", "EXPIRED", 80, 0, 0);
    happens(95, EventKind.SIGNAL, "LS", "", 815, 15, 0);
    assertThat(FlightVerdict.of(only(present(BOOT, 0, PID))))
        .containsExactly(
            "LS was lost 80 s after its last renewal; 1 signal was sent; not known to be gone:"
                + " 815.");
  }

  @Test
  void everyKindHasASentenceOfItsOwn() {
    begin(BOOT, 1);
    for (EventKind kind : EventKind.values()) {
      happens(2, kind, "LS", "text", 1, 2, 3);
    }
    assertThat(records.stream().skip(1).map(FlightSentences::of))
        .doesNotHaveDuplicates()
        .allMatch(text -> !text.isBlank());
  }

  @Test
  void theScreenShowsLivesVerdictAndTimes() throws IOException {
    storageIsLost();
    Screen screen = new Screen();
    assertThat(screen.run("flight", "--file", file().toString())).as(screen.err()).isZero();
    assertThat(screen.out())
        .contains("> life 1  ")
        .contains("pid 4242  boot 00000000  ended with its host, which was started again")
        .contains("The host went down between 120 and ")
        .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.000     -40\\.0  LS        SIGTERM is sent")
        .contains("the host is started again");
  }

  @Test
  void timeLockspaceAndLogNarrowIt() throws IOException {
    storageIsLost();
    String file = file().toString();
    Screen late = new Screen();
    assertThat(late.run("flight", "--file", file, "--since", "1m", "--no-log")).isZero();
    assertThat(late.out()).contains("SIGTERM", "lost in 20 s").doesNotContain("log, error", "AIO");
    Screen other = new Screen();
    assertThat(other.run("flight", "--file", file, "--since", "all", "--lockspace", "LX")).isZero();
    assertThat(other.out()).contains("the daemon starts").doesNotContain("SIGTERM");
    Screen wrong = new Screen();
    assertThat(wrong.run("flight", "--file", file, "--since", "soon")).isEqualTo(ExitStatus.USAGE);
    assertThat(wrong.err()).contains("--since soon");
    assertThat(wrong.run("flight", "--file", file, "--life", "2")).isEqualTo(ExitStatus.USAGE);
    assertThat(wrong.err()).contains("--life 2 is not in 0..1");
  }

  @Test
  void jsonHasEveryRecord() throws IOException {
    storageIsLost();
    Screen screen = new Screen();
    assertThat(screen.run("flight", "--file", file().toString(), "--json")).isZero();
    JsonObject data =
        JsonParser.parseString(screen.out()).getAsJsonObject().getAsJsonObject("data");
    assertThat(data.getAsJsonArray("records")).hasSize(records.size());
    JsonObject last = data.getAsJsonArray("records").get(records.size() - 1).getAsJsonObject();
    assertThat(last.get("kind").getAsString()).isEqualTo("SIGNAL");
    assertThat(last.get("seconds_to_end").getAsDouble()).isZero();
    assertThat(data.getAsJsonArray("lives").get(0).getAsJsonObject().get("end").getAsString())
        .isEqualTo("HOST_DOWN");
  }

  @Test
  void aDamagedFileIsShownAsFarAsItGoesAndAForeignOneIsNot() throws IOException {
    storageIsLost();
    Path file = file();
    byte[] content = Files.readAllBytes(file);
    content[(int) LAYOUT.offset(EventKind.Ring.VITAL, 3) + 100] ^= 1;
    Files.write(file, Arrays.copyOf(content, 40_000));
    Screen damaged = new Screen();
    assertThat(damaged.run("flight", "--file", file.toString())).isEqualTo(ExitStatus.WARNING);
    assertThat(damaged.out())
        .contains("1 more are damaged and left out", "25536 bytes are missing", "SIGTERM");

    Files.writeString(file, "something else, and longer than the fields of a header");
    Screen foreign = new Screen();
    assertThat(foreign.run("flight", "--file", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(foreign.err()).contains("it is no flight record");
    assertThat(foreign.run("flight", "--file", directory.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(foreign.err()).contains("it is no regular file");
    assertThat(foreign.run("flight")).isEqualTo(ExitStatus.USAGE);
    assertThat(foreign.err()).contains("/nonexistent/flight: there is no such file");
    Files.write(file, Arrays.copyOf(LAYOUT.encode().array(), (int) LAYOUT.bytes()));
    assertThat(foreign.run("flight", "--file", file.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(foreign.err()).contains("it holds no record");
  }
}
