package io.sanlockd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for run directories and logs of daemons; removed when closed. */
final class WorkDirectory implements AutoCloseable {
  private final Path path;

  private WorkDirectory(Path path) {
    this.path = path;
  }

  /** Not in the default directory: the path of a socket must be short. */
  static WorkDirectory create() throws IOException {
    return new WorkDirectory(Files.createTempDirectory(Path.of("/tmp"), "sanlockd-bench"));
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    List<Path> contents;
    try (Stream<Path> found = Files.walk(path)) {
      contents = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : contents) {
      Files.deleteIfExists(one);
    }
  }
}
