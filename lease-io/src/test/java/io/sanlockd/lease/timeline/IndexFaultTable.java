package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.Io;
import io.sanlockd.model.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of one operation of host 1 on a resource index when each of its I/Os in turn goes
 * wrong in each way. Each row is a world of its own:
 *
 * <ol>
 *   <li>host 1 formats the index, does what the setup says, then the operation, at one I/O of which
 *       the fault happens;
 *   <li>host 2 creates the lease "other" if it can;
 *   <li>whatever of host 1 is still in flight lands; host 1, if it is alive, creates the lease
 *       "last", or else is certainly dead now;
 *   <li>host 2 creates its lease if it could not before;
 *   <li>a rebuild by host 2 finds in the lease areas exactly what the index says.
 * </ol>
 */
final class IndexFaultTable {
  /** Without writes that never end: they keep the internal lease for ever. */
  private static final List<String> FAULTS =
      List.of(
          "crash",
          "fails",
          "fails but lands",
          "times out and lands after 12",
          "times out and lands after 35");

  /** What else happens to a read makes no difference. */
  private static final List<String> READ_FAULTS =
      List.of("crash", "fails", "times out and lands after 12");

  private static final List<String> NAMES = List.of("one", "two", "other", "last");

  private final List<String> setup;
  private final String operation;

  /** {@code creates one; deletes one}: setup steps, the operation last. */
  IndexFaultTable(String spec) {
    List<String> steps = List.of(spec.split("; +"));
    this.operation = steps.get(steps.size() - 1);
    this.setup = steps.subList(0, steps.size() - 1);
  }

  List<String> rows() throws Exception {
    List<String> rows = new ArrayList<>();
    Timeline undisturbed = prepared();
    undisturbed.play("1 " + operation);
    List<Io> trace = List.copyOf(undisturbed.actor(1).host().disk().trace());
    for (int index = 0; index < trace.size(); index++) {
      for (String fault : trace.get(index).write() ? FAULTS : READ_FAULTS) {
        rows.add(new Row(prepared(), index, fault).play());
      }
    }
    return rows;
  }

  private Timeline prepared() throws Exception {
    Timeline timeline = new Timeline();
    timeline.play("hosts 1 2");
    timeline.play("1 formats");
    for (String step : setup) {
      timeline.play("1 " + step);
    }
    return timeline;
  }

  private final class Row {
    private final Timeline timeline;
    private final DisturbedOperation disturbed;

    Row(Timeline timeline, int index, String fault) {
      this.timeline = timeline;
      this.disturbed = new DisturbedOperation(timeline, operation, index, fault);
    }

    String play() throws Exception {
      String first = disturbed.play();
      StringBuilder row = new StringBuilder();
      row.append(disturbed).append(" | 1: ").append(first);
      String second = timeline.result("2 creates other");
      row.append(" | 2: ").append(second);
      timeline.actor(1).host().disk().landLate();
      if (disturbed.isCrash()) {
        timeline.play("wait 200");
      } else {
        String last = timeline.result("1 creates last");
        check(last.startsWith("at "), row + " shut out: 1 " + last);
      }
      if (!second.startsWith("at ")) {
        second = timeline.result("2 creates other");
        row.append(", then ").append(second);
      }
      check(second.startsWith("at "), row + " shut out: 2");
      String entries = entries();
      row.append(" | index: ").append(entries);
      check(timeline.result("2 rebuilds").equals("done"), row + " not rebuilt");
      check(entries().equals(entries), row + ", but the leases: " + entries());
      return row.toString();
    }

    private String entries() throws Exception {
      List<String> found = new ArrayList<>();
      for (String name : NAMES) {
        String place = timeline.result("2 finds " + name);
        if (place.startsWith("at ")) {
          found.add(name + " " + place);
        }
      }
      return String.join(", ", found);
    }

    private void check(boolean condition, String message) {
      Check.state(condition, message);
    }
  }
}
