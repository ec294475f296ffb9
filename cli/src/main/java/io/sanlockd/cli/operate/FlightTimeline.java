package io.sanlockd.cli.operate;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records as lines to read. Good renewals of a lockspace that follow each other, and the moves of
 * the watchdog that belong to them, become one line.
 */
final class FlightTimeline {
  /**
   * One line.
   *
   * @param record gives its time and lockspace
   * @param text what happened
   */
  record Line(FlightRecord record, String text) {}

  /** Good renewals of one lockspace. */
  private static final class Run {
    private int renewals;
    private long slowestMillis;
    private FlightRecord last;

    private void add(FlightRecord record) {
      if (FlightLifeStory.is(record, EventKind.RENEWED)) {
        renewals++;
        slowestMillis = Math.max(slowestMillis, record.b() + record.c());
      }
      last = record;
    }

    private Line line() {
      return new Line(
          last,
          switch (renewals) {
            case 0 -> FlightSentences.of(last);
            case 1 -> "renewed, " + slowestMillis + " ms";
            default -> "renewed " + renewals + " times until now, slowest " + slowestMillis + " ms";
          });
    }
  }

  private final List<Line> lines = new ArrayList<>();
  private final Map<LeaseName, Run> runs = new LinkedHashMap<>();

  private FlightTimeline() {}

  /** The lines of some records. */
  static List<Line> of(List<FlightRecord> records) {
    FlightTimeline timeline = new FlightTimeline();
    records.forEach(timeline::add);
    timeline.endRuns();
    return timeline.lines;
  }

  private void add(FlightRecord record) {
    boolean routine =
        FlightLifeStory.is(record, EventKind.RENEWED)
            || FlightLifeStory.is(record, EventKind.WATCHDOG_UPDATED);
    if (routine) {
      runs.computeIfAbsent(record.lockspace(), space -> new Run()).add(record);
    } else {
      endRuns();
      lines.add(new Line(record, FlightSentences.of(record)));
    }
  }

  private void endRuns() {
    runs.values().forEach(run -> lines.add(run.line()));
    runs.clear();
  }
}
