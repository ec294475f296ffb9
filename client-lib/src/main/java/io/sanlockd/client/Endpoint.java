package io.sanlockd.client;

import io.sanlockd.model.Check;
import java.util.concurrent.TimeUnit;

/**
 * Where the daemon listens and how long to wait for it (protocol.md 2.1, 2.2).
 *
 * @param socketPath path of the socket
 * @param readTimeoutNanos longest wait for the next bytes of a reply, 0 for no limit. Adding a
 *     lockspace takes many seconds, so give such calls enough or no limit
 */
public record Endpoint(String socketPath, long readTimeoutNanos) {
  /** Names the run directory. */
  public static final String RUN_DIR_VARIABLE = "SANLOCK_RUN_DIR";

  private static final String DEFAULT_RUN_DIR = "/run/sanlock";
  private static final int MAX_PATH_LENGTH = 106;

  /** Checks the range. */
  public Endpoint {
    Check.argument(readTimeoutNanos >= 0, "read timeout is negative");
  }

  /** The daemon that the environment of this process names, waiting without limit. */
  public static Endpoint ofEnvironment() {
    return ofRunDirectory(System.getenv(RUN_DIR_VARIABLE));
  }

  /**
   * The daemon of a run directory, waiting without limit. The path of the socket is cut at 106
   * chars as both sides do.
   *
   * @param runDirectory null for the default; empty is taken as it is (giving {@code
   *     /sanlock.sock})
   */
  public static Endpoint ofRunDirectory(String runDirectory) {
    String path = (runDirectory == null ? DEFAULT_RUN_DIR : runDirectory) + "/sanlock.sock";
    return new Endpoint(
        path.length() > MAX_PATH_LENGTH ? path.substring(0, MAX_PATH_LENGTH) : path, 0);
  }

  /** The same daemon with a limit for each wait. */
  public Endpoint withReadTimeout(long timeout, TimeUnit unit) {
    return new Endpoint(socketPath, unit.toNanos(timeout));
  }
}
