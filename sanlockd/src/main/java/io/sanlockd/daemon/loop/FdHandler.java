package io.sanlockd.daemon.loop;

/** Takes the events of a descriptor watched beside the connections. An exception ends the loop. */
@FunctionalInterface
public interface FdHandler {
  /**
   * The descriptor is ready (level-triggered: called again until it is read, unwatched or closed).
   *
   * @param events bits of {@link io.sanlockd.posix.Epoll}
   */
  void ready(int events);
}
