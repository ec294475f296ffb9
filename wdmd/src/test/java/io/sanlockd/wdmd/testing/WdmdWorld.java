package io.sanlockd.wdmd.testing;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A world of its own for programs with fixed paths: they see a private /run, in which /run/wdmd is
 * {@link #runDirectory}, and a private /dev/shm, which is {@link #markerDirectory}. Programs
 * outside reach wdmd by {@link #socket}. Needs root.
 */
public final class WdmdWorld {
  private static final Path C_WDMD = Path.of("/usr/sbin/wdmd");
  private static final String ENTER =
      "mount -t tmpfs run /run && mkdir /run/wdmd && mount --bind \"$1\" /run/wdmd"
          + " && mount --bind \"$2\" /dev/shm && shift 2 && exec \"$@\"";

  private final Path directory;

  /**
   * A new world.
   *
   * @param directory existing directory for everything that belongs to it
   */
  public WdmdWorld(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(runDirectory());
    Files.createDirectories(markerDirectory());
  }

  /** Skips the running test if there can be no such world here. */
  public static void require() {
    Skip.unless("root".equals(System.getProperty("user.name")), "mounting needs root");
  }

  /** Skips the running test if the C wdmd can not run here. */
  public static void requireC() {
    Skip.unlessInstalled(Files.isExecutable(C_WDMD), "wdmd of the C sanlock");
    require();
  }

  /** What is /run/wdmd inside. */
  public Path runDirectory() {
    return directory.resolve("run");
  }

  /** What is /dev/shm inside. */
  public Path markerDirectory() {
    return directory.resolve("shm");
  }

  /** The socket of the wdmd that runs inside, as seen from outside. */
  public Path socket() {
    return runDirectory().resolve("wdmd.sock");
  }

  /** Makes a command one that runs inside; it keeps its process id. */
  public List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("unshare", "-m", "sh", "-ec", ENTER, "sh"));
    whole.add(runDirectory().toString());
    whole.add(markerDirectory().toString());
    whole.addAll(command);
    return whole;
  }

  /** Starts the C wdmd inside, in the foreground, its messages in {@code wdmd.log}. */
  public Process startC(Path device) throws IOException {
    return start(List.of(C_WDMD.toString(), "-D", "-w", device.toString()), "wdmd.log");
  }

  /**
   * Starts a command inside.
   *
   * @param log name of the file that gets what it says
   */
  public Process start(List<String> command, String log) throws IOException {
    return new ProcessBuilder(inside(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(log).toFile()))
        .start();
  }
}
