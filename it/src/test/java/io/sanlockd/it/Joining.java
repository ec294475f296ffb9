package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Steps that most tests begin with. */
final class Joining {
  /** Of lockspaces whose loss no test waits for: a busy disk may stall for more than a second. */
  static final int IO_TIMEOUT = 2;

  /** After its last renewal a host is certainly dead. */
  static final int DEAD_SECONDS = 8 * IO_TIMEOUT + 60;

  private Joining() {}

  /** Initialises a lockspace ({@code -s}) or a resource ({@code -r}) through the daemon. */
  static void init(Cli cli, Storage storage, String option, String what) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("init", option, what));
    arguments.addAll(List.of(storage.sizeOptions()));
    if (option.equals("-s")) {
      arguments.addAll(List.of("-o", Integer.toString(IO_TIMEOUT)));
    }
    Command.Result result = cli.client(arguments.toArray(String[]::new));
    assertThat(result.done()).as("%s", result).isZero();
  }

  /** Joins a lockspace with {@link #IO_TIMEOUT}. */
  static void join(Cli cli, String lockspace) throws IOException {
    join(cli, lockspace, IO_TIMEOUT);
  }

  static void join(Cli cli, String lockspace, int ioTimeoutSeconds) throws IOException {
    Command.Result result =
        cli.client("add_lockspace", "-s", lockspace, "-o", Integer.toString(ioTimeoutSeconds));
    assertThat(result.done()).as("%s", result).isZero();
  }
}
