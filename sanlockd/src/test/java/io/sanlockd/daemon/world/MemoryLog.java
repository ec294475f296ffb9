package io.sanlockd.daemon.world;

import io.sanlockd.lease.LeaseLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Log lines with their prefix, all levels. */
public final class MemoryLog {
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  /** A log whose lines start with {@code prefix}. */
  public LeaseLog prefixed(String prefix) {
    return new LeaseLog() {
      @Override
      public void error(String message) {
        lines.add(prefix + message);
      }

      @Override
      public void warning(String message) {
        lines.add(prefix + message);
      }

      @Override
      public void debug(String message) {
        lines.add(prefix + message);
      }
    };
  }

  /** All lines so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** The lines that match a pattern as a whole. */
  public List<String> matching(String pattern) {
    return lines().stream().filter(line -> line.matches(pattern)).toList();
  }
}
