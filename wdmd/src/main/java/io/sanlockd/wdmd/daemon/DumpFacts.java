package io.sanlockd.wdmd.daemon;

/**
 * What the dump says besides the state of the Multiplexer.
 *
 * @param signalFd number shown for the signals
 * @param listenFd the listener
 */
record DumpFacts(Settings settings, int signalFd, int listenFd) {
  /** How the daemon was started. */
  record Settings(int socketGid, boolean highPriority, boolean scripts) {}
}
