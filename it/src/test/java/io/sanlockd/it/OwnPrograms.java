package io.sanlockd.it;

import io.sanlockd.cli.CommandLinePrograms;
import io.sanlockd.cli.golden.GoldenCase;
import io.sanlockd.cli.golden.Outcome;
import io.sanlockd.cli.golden.ProcessRun;
import io.sanlockd.cli.golden.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Our programs from the packaged tree in place of the recorded ones, each scenario in a world of
 * its own: a private /run, /dev, /dev/shm and /etc/sanlock. Without root the world is that of the
 * test.
 */
final class OwnPrograms implements Programs {
  /** Programs of the recording, by the names they were recorded under. */
  private static final Set<String> NAMES = Set.of("sanlock", "wdmd", "sanlk-reset", "sanlk-resetd");

  /** Private to a scenario. */
  private static final List<String> PRIVATE = List.of("/etc/sanlock", "/run", "/dev");

  /** /etc is a directory of links to the real one, because /etc/sanlock need not exist there. */
  private static final String ENTER =
      """
      w=$1; shift
      for n in null zero full random urandom; do
        touch $w/dev/$n; mount --bind /dev/$n $w/dev/$n
      done
      mkdir -p $w/dev/shm $w/run/wdmd $w/run/sanlk-resetd $w/real-etc
      mount --bind /etc $w/real-etc
      ln -s $w/real-etc/* $w/etc/ 2>/dev/null || true
      mount --bind $w/etc /etc
      mount --bind $w/run /run
      mount --rbind $w/dev /dev
      exec "$@"
      """;

  private final Path directory;
  private final Path world;

  OwnPrograms(Path directory) throws IOException {
    this.directory = directory;
    this.world = directory.resolve("world");
    for (String path : PRIVATE) {
      Files.createDirectories(world.resolve(path.substring(1)));
    }
  }

  @Override
  public Outcome run(GoldenCase golden, List<String> argv, Map<String, String> env)
      throws Exception {
    return CommandLinePrograms.mayRunHere(golden, argv)
        ? CommandLinePrograms.runHere(argv, env)
        : ProcessRun.of(golden, command(argv), env, directory);
  }

  @Override
  public List<String> command(List<String> argv) {
    List<String> command = new ArrayList<>();
    if (Ids.isRoot() && !argv.contains("client")) {
      command.addAll(List.of("unshare", "-m", "sh", "-ec", ENTER, "sh", world.toString()));
    }
    for (String word : argv) {
      command.add(NAMES.contains(word) ? program(word) : word);
    }
    return command;
  }

  /** C programs are found through PATH, because they print the name under which they run. */
  private static String program(String name) {
    Path own = Implementation.tree().resolve("bin").resolve(name);
    return Files.exists(own) ? own.toString() : name;
  }

  @Override
  public Path path(String absolute) {
    boolean isPrivate = Ids.isRoot() && PRIVATE.stream().anyMatch(absolute::startsWith);
    return isPrivate ? world.resolve(absolute.substring(1)) : Path.of(absolute);
  }
}
