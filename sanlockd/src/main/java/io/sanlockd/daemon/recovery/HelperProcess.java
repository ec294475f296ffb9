package io.sanlockd.daemon.recovery;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Pipe;
import io.sanlockd.posix.Users;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/**
 * A helper, or the keeper of one, with our ends of its pipes.
 *
 * @param process the process that was started
 * @param kept whether it is a keeper, which starts the helper and another one after that
 * @param root whether the helper may signal anybody
 * @param messageFd takes messages, non-blocking
 * @param statusFd gives what it says, non-blocking
 */
public record HelperProcess(
    Process process, boolean kept, boolean root, int messageFd, int statusFd) {
  private static final int ROOT = 0;

  /**
   * Starts one, as powerful as the calling process is now. Waits for the start.
   *
   * @param command reads messages from its standard input
   * @param kept whether that starts a keeper
   * @param showErrors whether its standard error is ours or nobody's
   */
  public static HelperProcess start(List<String> command, boolean kept, boolean showErrors)
      throws IOException {
    Pipe messages = Pipe.create(false);
    Pipe answers = Pipe.create(false);
    try {
      // It opens its pipe ends by name, so that it has nothing but descriptors 0 to 2.
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/proc/self/fd/" + messages.readFd()))
              .redirectOutput(new File("/proc/self/fd/" + answers.writeFd()))
              .redirectError(showErrors ? Redirect.INHERIT : Redirect.DISCARD)
              .start();
      Fd.setNonBlocking(messages.writeFd(), true);
      Fd.setNonBlocking(answers.readFd(), true);
      boolean root = Users.effectiveUid() == ROOT;
      return new HelperProcess(process, kept, root, messages.writeFd(), answers.readFd());
    } catch (IOException e) {
      Fd.close(messages.writeFd());
      Fd.close(answers.readFd());
      throw e;
    } finally {
      Fd.close(messages.readFd());
      Fd.close(answers.writeFd());
    }
  }

  /** Closes our ends; the helper ends then. */
  void closePipes() {
    Fd.close(messageFd);
    Fd.close(statusFd);
  }
}
