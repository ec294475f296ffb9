package io.sanlockd.cli.operate;

import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * One life of the daemon as its flight record tells it.
 *
 * @param life which one
 * @param records at least one, oldest first
 * @param end how it ended
 * @param bootMillis when the kernel was started that came after it, if the host went down with it
 */
record FlightLifeStory(
    FlightLife life, List<FlightRecord> records, End end, OptionalLong bootMillis) {
  /** How a life ended. */
  enum End {
    /** It has not. */
    RUNS("runs"),
    /** By itself, with no lockspace. */
    ORDERLY("ended by itself"),
    /** The process went away, the host stayed. */
    DIED("ended without a goodbye, the host went on"),
    /** The host went down with it. */
    HOST_DOWN("ended with its host, which was started again"),
    /** There is nothing to tell by. */
    UNKNOWN("ended without a goodbye");

    private final String text;

    End(String text) {
      this.text = text;
    }

    /** For people. */
    String text() {
      return text;
    }
  }

  /**
   * What is known of this host now.
   *
   * @param boot boot id, zero when unknown
   * @param bootMillis when it was started, empty when unknown
   * @param isDaemon whether a pid is that of a daemon
   */
  record Present(UUID boot, OptionalLong bootMillis, IntPredicate isDaemon) {}

  /** The lives in records that are in their order. */
  static List<FlightLifeStory> of(List<FlightRecord> records, Present present) {
    Map<FlightLife, List<FlightRecord>> byLife = new LinkedHashMap<>();
    for (FlightRecord record : records) {
      byLife.computeIfAbsent(record.life(), life -> new ArrayList<>()).add(record);
    }
    List<FlightLife> lives = List.copyOf(byLife.keySet());
    List<FlightLifeStory> stories = new ArrayList<>();
    for (int i = 0; i < lives.size(); i++) {
      List<FlightRecord> own = List.copyOf(byLife.get(lives.get(i)));
      List<FlightRecord> next = i + 1 < lives.size() ? byLife.get(lives.get(i + 1)) : List.of();
      stories.add(story(lives.get(i), own, next, present));
    }
    return stories;
  }

  private static FlightLifeStory story(
      FlightLife life, List<FlightRecord> own, List<FlightRecord> next, Present present) {
    if (own.stream().anyMatch(record -> is(record, EventKind.ENDED))) {
      return new FlightLifeStory(life, own, End.ORDERLY, OptionalLong.empty());
    }
    FlightLife after =
        next.isEmpty() ? new FlightLife(0, 0, present.boot(), 0) : next.get(0).life();
    if (life.otherBoot(after)) {
      OptionalLong boot =
          next.isEmpty() ? present.bootMillis() : OptionalLong.of(bootMillis(next.get(0)));
      return new FlightLifeStory(life, own, End.HOST_DOWN, boot);
    }
    End end = End.UNKNOWN;
    if (life.sameBoot(after)) {
      end = next.isEmpty() && present.isDaemon().test(life.pid()) ? End.RUNS : End.DIED;
    }
    return new FlightLifeStory(life, own, end, OptionalLong.empty());
  }

  private static long bootMillis(FlightRecord record) {
    return record.wallMillis() - TimeUnit.NANOSECONDS.toMillis(record.sinceBootNanos());
  }

  /** Whether a record is of a kind. */
  static boolean is(FlightRecord record, EventKind kind) {
    return record.kind() == kind.number();
  }

  FlightRecord first() {
    return records.get(0);
  }

  FlightRecord last() {
    return records.get(records.size() - 1);
  }

  /** Whether it ended, and not by itself. */
  boolean cutShort() {
    return end != End.RUNS && end != End.ORDERLY;
  }
}
