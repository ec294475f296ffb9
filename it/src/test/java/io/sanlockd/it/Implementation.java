package io.sanlockd.it;

import io.sanlockd.model.testing.Skip;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who plays a daemon or a command line client. */
enum Implementation {
  /** Our programs, from the packaged tree. */
  JAVA,
  /** The unmodified C programs. */
  C;

  private static final Path C_PROGRAMS = Path.of("/usr/sbin");

  /**
   * The program that is daemon and client. When it is the C program and not installed, the running
   * test is skipped, or fails where the C program is known to be installed.
   */
  Path program() {
    return program("sanlock");
  }

  /** The program that is the watchdog daemon; otherwise as {@link #program}. */
  Path wdmd() {
    return program("wdmd");
  }

  /** A program by the name that it has in both; otherwise as {@link #program}. */
  Path program(String name) {
    return installed(
        switch (this) {
          case JAVA -> tree().resolve("bin").resolve(name);
          case C -> C_PROGRAMS.resolve(name);
        });
  }

  private Path installed(Path program) {
    Skip.unlessInstalled(
        this == JAVA || Files.isExecutable(program), program + " of the C sanlock");
    return program;
  }

  /** The packaged tree. */
  static Path tree() {
    return Path.of(System.getProperty("it.tree", "../packaging/target/sanlockd"))
        .toAbsolutePath()
        .normalize();
  }
}
