package io.sanlockd.cli.golden;

import java.nio.file.Path;
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

  /** Where a file is for us that the programs know by this absolute path. */
  default Path path(String absolute) {
    return Path.of(absolute);
  }
}
