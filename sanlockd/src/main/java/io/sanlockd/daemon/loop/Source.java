package io.sanlockd.daemon.loop;

/** Something with a descriptor in the loop's epoll set. */
interface Source {
  /** Takes events; exceptions other than those of a connection's handler end the loop. */
  void ready(int events);
}
