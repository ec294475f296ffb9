package io.sanlockd.client;

import java.io.Closeable;

/** A connection that carries one request after the other. Never throws for what the peer does. */
interface RequestChannel extends Closeable {
  /**
   * Sends a request that has no reply.
   *
   * @return 0 or a negative errno
   */
  int send(Request request);

  /** Sends a request and reads the reply. */
  Reply exchange(Request request);

  @Override
  void close();
}
