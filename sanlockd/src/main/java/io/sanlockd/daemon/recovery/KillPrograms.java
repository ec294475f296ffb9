package io.sanlockd.daemon.recovery;

/** Starts the programs that stop processes gracefully. Never blocks. */
@FunctionalInterface
public interface KillPrograms {
  /**
   * Has a program started.
   *
   * @param pid appended as its last argument when it is not 0
   * @return 0, or a negative errno when it will not be started
   */
  int run(String path, String arguments, int pid);
}
