package io.sanlockd.daemon.boot;

import io.sanlockd.helper.SanlockHelper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the helper process is started. */
final class HelperCommand {
  private static final String HOME_PROPERTY = "sanlockd.home";

  private HelperCommand() {}

  /**
   * The launcher of the tree that this daemon runs from; without one, the helper's class with our
   * own class path.
   *
   * @param debug whether the helper reports on standard error what it does
   */
  static List<String> fromLauncher(boolean debug) {
    List<String> command = new ArrayList<>();
    String home = System.getProperty(HOME_PROPERTY, "");
    Path launcher = Path.of(home, "bin", "sanlock-helper");
    if (!home.isEmpty() && Files.isExecutable(launcher)) {
      command.add(launcher.toString());
    } else {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Xmx8m");
      command.add("-XX:+UseSerialGC");
      command.add("-XX:-UsePerfData");
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(SanlockHelper.class.getName());
    }
    if (debug) {
      command.add("-D");
    }
    return command;
  }

  /** Likewise for the keeper of a helper. */
  static List<String> ofKeeper(boolean debug) {
    List<String> command = fromLauncher(debug);
    command.add(SanlockHelper.KEEP);
    return command;
  }
}
