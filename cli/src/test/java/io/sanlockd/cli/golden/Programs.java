package io.sanlockd.cli.golden;

import java.util.List;
import java.util.Map;

/** What runs in place of the recorded programs. */
public interface Programs {
  /** Runs a case to its end; placeholders are resolved. */
  Outcome run(GoldenCase golden, List<String> argv, Map<String, String> env) throws Exception;

  /**
   * The real command for something that runs beside the cases: daemons, holders, set-up commands.
   */
  List<String> command(List<String> argv);
}
