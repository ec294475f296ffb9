package io.sanlockd.wdmd.daemon;

/** One connection and its promise, or what is left of it after its end. Loop thread only. */
final class Client {
  /** Place in the table, as in the dump: the first two are the signals and the listener. */
  final int index;

  /** Descriptor; after the end of the connection only a number for the log. */
  final int fd;

  String name = "";
  int pid;
  boolean refcount;

  /** Second the promise rests on; for the log. */
  long renewal;

  /** Second from which on the machine must not be kept alive; 0 = no promise. */
  long expire;

  /** The connection ended while there was a promise: nothing can fulfil or take it back. */
  boolean dead;

  /** Fire timeout the client asked for last, 0 if it never did. */
  int wantedTimeout;

  /** It was told, or could see, which watchdog it relies on. */
  boolean served;

  /** The watchdog it needs can not be had: it is told so and never relied upon. */
  boolean refused;

  Client(int index, int fd) {
    this.index = index;
    this.fd = fd;
  }

  /** Whether wdmd must not end. */
  boolean inUse() {
    return refcount || expire != 0;
  }
}
