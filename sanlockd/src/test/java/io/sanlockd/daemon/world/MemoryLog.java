package io.sanlockd.daemon.world;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LogDetail;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Log lines with their prefix, all levels. */
public final class MemoryLog {
  private final Set<LogDetail> details = EnumSet.of(LogDetail.RENEWAL);
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  /** A log whose lines start with {@code prefix}. */
  public LeaseLog prefixed(String prefix) {
    return new LeaseLog() {
      @Override
      public void error(String message) {
        lines.add(prefix + message);
        errors.add(prefix + message);
      }

      @Override
      public void warning(String message) {
        lines.add(prefix + message);
      }

      @Override
      public void debug(String message) {
        lines.add(prefix + message);
      }

      @Override
      public boolean wants(LogDetail detail) {
        return details.contains(detail);
      }
    };
  }

  /** From now on these lines are wanted, too. */
  public void want(LogDetail detail) {
    details.add(detail);
  }

  /** The errors so far. */
  public List<String> errors() {
    return List.copyOf(errors);
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
