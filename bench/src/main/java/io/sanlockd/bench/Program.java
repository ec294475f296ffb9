package io.sanlockd.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** Whose daemon is measured. */
enum Program {
  /** The unmodified C program. */
  C("C"),
  /** Our program from the packaged tree. */
  OURS("ours");

  private static final Path C_PROGRAM = Path.of("/usr/sbin/sanlock");

  private final String label;

  Program(String label) {
    this.label = label;
  }

  /** Short name for tables. */
  String label() {
    return label;
  }

  /**
   * The program that is daemon and client.
   *
   * @param tree the packaged tree
   */
  Path path(Path tree) {
    return this == C ? C_PROGRAM : tree.resolve("bin/sanlock").toAbsolutePath().normalize();
  }

  /** Whether it can be run. */
  boolean isInstalled(Path tree) {
    return Files.isExecutable(path(tree));
  }
}
