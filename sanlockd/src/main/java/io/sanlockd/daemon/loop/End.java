package io.sanlockd.daemon.loop;

/** Why a connection ended. */
public enum End {
  /** End of stream or an error on the socket: for a registered client, its death. */
  PEER_CLOSED,

  /** The peer left a request incomplete for too long; never for registered connections. */
  TIMEOUT,

  /** A handler threw; never for registered connections. */
  FAILED,

  /** We closed: after a reply, by {@link Connection#closeGently} or {@link Connection#close}. */
  CLOSED_BY_US
}
