package io.sanlockd.lease.timeline;

import io.sanlockd.model.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of one operation of host 1 when each of its I/Os in turn goes wrong in each way.
 * Each row is a world of its own:
 *
 * <ol>
 *   <li>host 1 does what the setup says, then the operation, at one I/O of which the fault happens;
 *   <li>host 2 takes the lease exclusively if it can, waiting for host 1's death where it must;
 *   <li>whatever of host 1 is still in flight lands now, while host 2 may hold the lease;
 *   <li>host 2 gives the lease back, host 1 cleans up and gives back what it has, and each of them
 *       that is alive gets the lease once more.
 * </ol>
 */
final class FaultTable {
  private static final List<String> FAULTS =
      List.of(
          "crash",
          "fails",
          "fails but lands",
          "times out",
          "times out and lands after 12",
          "times out and lands after 35");

  private final List<String> setup;
  private final String operation;

  /** {@code acquires SH; converts EX}: setup steps, the operation last. */
  FaultTable(String spec) {
    List<String> steps = List.of(spec.split("; +"));
    this.operation = steps.get(steps.size() - 1);
    this.setup = steps.subList(0, steps.size() - 1);
  }

  List<String> rows() throws Exception {
    List<String> rows = new ArrayList<>();
    int count = undisturbed();
    for (int index = 0; index < count; index++) {
      for (String fault : FAULTS) {
        rows.add(new Row(index, fault).play());
      }
    }
    return rows;
  }

  /** How many I/Os the operation takes. */
  private int undisturbed() throws Exception {
    Timeline timeline = new Timeline();
    timeline.play("hosts 1 2");
    for (String step : setup) {
      timeline.play("1 " + step);
    }
    timeline.play("1 " + operation);
    return timeline.actor(1).host().disk().trace().size();
  }

  private final class Row {
    private final Timeline timeline = new Timeline();
    private final DisturbedOperation disturbed;

    Row(int index, String fault) {
      this.disturbed = new DisturbedOperation(timeline, operation, index, fault);
    }

    String play() throws Exception {
      timeline.play("hosts 1 2");
      for (String step : setup) {
        String result = String.join(" ", timeline.play("1 " + step));
        Check.state(!result.contains("error"), result);
      }
      String first = disturbed.play();
      StringBuilder row = new StringBuilder();
      row.append(disturbed).append(" | 1: ").append(first);
      row.append(" | 2: ").append(timeline.result("2 acquires EX"));
      if (disturbed.isCrash() && timeline.actor(2).mode().isEmpty()) {
        timeline.play("wait 200");
        row.append(", then ").append(timeline.result("2 acquires EX"));
      }
      timeline.actor(1).host().disk().landLate();
      String second = timeline.actor(2).mode().isEmpty() ? "" : timeline.result("2 releases");
      check(second.isEmpty() || second.startsWith("released"), row + second);
      if (!disturbed.isCrash()) {
        row.append(" | 1: ").append(settle());
        getsIt(1, row.toString());
        timeline.result("1 releases");
      }
      getsIt(2, row.toString());
      check(timeline.breaches().isEmpty(), row + " " + timeline.breaches());
      return row.toString();
    }

    /** The first attempt may do another host the service of committing it once more. */
    private void getsIt(int hostId, String row) throws Exception {
      String first = timeline.result(hostId + " acquires EX");
      if (!first.startsWith("granted")) {
        String second = timeline.result(hostId + " acquires EX");
        check(
            second.startsWith("granted"),
            row + " shut out: " + hostId + " " + first + ", " + second);
      }
    }

    private void check(boolean condition, String message) {
      if (!condition) {
        throw new AssertionError(message);
      }
    }

    /** Host 1 finishes what it has begun and holds nothing afterwards. */
    private String settle() throws Exception {
      StringBuilder text = new StringBuilder();
      if (!timeline.actor(1).mode().isEmpty()) {
        text.append(timeline.result("1 releases")).append(", ");
      }
      String state = timeline.result("1 cleans");
      for (int tries = 0; !state.startsWith("clean"); tries++) {
        check(tries < 10, "host 1 never finishes");
        timeline.play("wait 10");
        state = timeline.result("1 cleans");
      }
      return text + state;
    }
  }
}
