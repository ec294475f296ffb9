package io.sanlockd.daemon.metrics;

import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** Answers to requests by command and result. Any thread. */
public final class RequestCounts {
  /** Results that have a name and mean a failure, ascending. */
  private static final int[] FAILURES =
      Arrays.stream(ResultCode.values())
          .mapToInt(ResultCode::number)
          .filter(number -> number < 0)
          .distinct()
          .sorted()
          .toArray();

  private static final int GOOD = FAILURES.length;
  private static final int UNNAMED = FAILURES.length + 1;
  private static final int COLUMNS = FAILURES.length + 2;

  /** One for each command, never changed. */
  private final Map<Command, AtomicLongArray> counts = new EnumMap<>(Command.class);

  /** Takes what was counted. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * One result that has occurred.
     *
     * @param result 0 for success, a negative number with a name, or {@link #OTHER}
     */
    void count(int result, long count);
  }

  /** Stands for all failures whose number has no name: errno values of a device. */
  public static final int OTHER = Integer.MIN_VALUE;

  /** Nothing was answered yet. */
  public RequestCounts() {
    for (Command command : Command.values()) {
      counts.put(command, new AtomicLongArray(COLUMNS));
    }
  }

  /**
   * Counts an answer.
   *
   * @param result what the client gets: from 0 for success (often a number that it asked for), or a
   *     negative result number
   */
  public void answered(Command command, int result) {
    counts.get(command).incrementAndGet(column(result));
  }

  private static int column(int result) {
    if (result >= 0) {
      return GOOD;
    }
    int index = Arrays.binarySearch(FAILURES, result);
    return index >= 0 ? index : UNNAMED;
  }

  private static int resultOf(int column) {
    if (column == GOOD) {
      return 0;
    }
    return column == UNNAMED ? OTHER : FAILURES[column];
  }

  /** Visits the results of a command that have occurred. */
  public void forEach(Command command, Visitor visitor) {
    AtomicLongArray row = counts.get(command);
    for (int column = 0; column < COLUMNS; column++) {
      long count = row.get(column);
      if (count > 0) {
        visitor.count(resultOf(column), count);
      }
    }
  }

  /** How often a command had a result. */
  public long count(Command command, int result) {
    return counts.get(command).get(column(result));
  }
}
