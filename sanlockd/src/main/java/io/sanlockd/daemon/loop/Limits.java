package io.sanlockd.daemon.loop;

import io.sanlockd.model.Check;

/**
 * Bounds of an {@link EventLoop}.
 *
 * @param connections most connections served at a time; what else is open for clients counts, too
 * @param requestBytes most payload bytes of one request
 * @param inputBytes most bytes of memory for large incomplete requests of all connections together
 *     (each connection has {@value Input#SMALL_BYTES} bytes besides)
 * @param incompleteMillis how long an unregistered connection may leave a request incomplete
 *     without sending anything
 * @param silenceMillis a gentle close ends when the peer was silent for so long
 * @param gentleMillis longest gentle close
 * @param gentleBytes most bytes discarded by a gentle close
 * @param pauseMillis how long accepting pauses when it is impossible
 */
public record Limits(
    int connections,
    int requestBytes,
    long inputBytes,
    int incompleteMillis,
    int silenceMillis,
    int gentleMillis,
    int gentleBytes,
    int pauseMillis) {

  /** For refused connections (64), lease devices, jars and pipes. */
  private static final int RESERVED_DESCRIPTORS = 256;

  public Limits {
    Check.argument(connections >= 1, "connections");
    Check.argument(requestBytes >= 0, "requestBytes");
    Check.argument(inputBytes >= 2L * requestBytes, "inputBytes below two requests");
    Check.argument(incompleteMillis > 0 && silenceMillis > 0 && gentleMillis > 0, "times");
    Check.argument(gentleBytes > 0 && pauseMillis > 0, "gentleBytes, pauseMillis");
  }

  /** 20,000 connections, 1 MiB a request, 64 MiB for all, 60 s for an incomplete request. */
  public static Limits standard() {
    return new Limits(20_000, 1 << 20, 64L << 20, 60_000, 2_000, 60_000, 1 << 20, 1_000);
  }

  /** The same with another number of connections. */
  public Limits withConnections(int number) {
    return new Limits(
        number,
        requestBytes,
        inputBytes,
        incompleteMillis,
        silenceMillis,
        gentleMillis,
        gentleBytes,
        pauseMillis);
  }

  /**
   * As many connections as descriptors allow, but at least one that can register, when some are
   * kept for everything else: a process that has used its last descriptor cannot even load a class.
   *
   * @param descriptors limit of the process, see {@link io.sanlockd.posix.Fd#limit}
   */
  public Limits withinDescriptors(long descriptors) {
    long usable = descriptors - RESERVED_DESCRIPTORS;
    return withConnections((int) Math.max(2, Math.min(connections, usable)));
  }

  /** How often deadlines are looked at, in milliseconds. */
  int sweepMillis() {
    int shortest = Math.min(Math.min(incompleteMillis, silenceMillis), pauseMillis);
    return Math.max(1, Math.min(250, shortest / 4));
  }
}
