package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.protocol.ProtocolException;

/**
 * What the daemon does for a command. Runs on the main loop and must not block; the answer may come
 * later. A payload that can not be decoded ends with -22 before anything was done.
 */
sealed interface CommandHandler {
  /** A command that any connection may send. */
  non-sealed interface Open extends CommandHandler {
    void run(Request request) throws ProtocolException;
  }

  /**
   * A command for a registered process. While it runs no other such command runs for the process;
   * the handler ends it with {@link TargetCommands#end}.
   */
  non-sealed interface ForTarget extends CommandHandler {
    void run(Request request, Client target) throws ProtocolException;
  }
}
