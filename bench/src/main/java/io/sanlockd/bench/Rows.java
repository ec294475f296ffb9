package io.sanlockd.bench;

import java.util.List;

/** Everything that can be measured. */
final class Rows {
  private static final List<Row> ALL =
      List.of(
          new PairsRow(1),
          new PairsRow(2),
          new PairsRow(4),
          new PairsRow(8),
          new JointRow(),
          new RoundTripRow(),
          new IdleRow(10),
          new IdleRow(100),
          new IdleRow(1000),
          new IdleRow(10_000),
          new DeadOwnerRow(),
          new JoinRow(),
          new StartRow(),
          new CommandLineRow(),
          new StallRow());

  private Rows() {}

  /** Names of all rows. */
  static List<String> names() {
    return ALL.stream().map(Row::name).toList();
  }

  /**
   * The row of that name.
   *
   * @throws IllegalArgumentException naming all rows
   */
  static Row named(String name) {
    return ALL.stream()
        .filter(row -> row.name().equals(name))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown row " + name + ", there are " + String.join(", ", names())));
  }
}
