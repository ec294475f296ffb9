package io.sanlockd.cli;

import io.sanlockd.client.Endpoint;

/**
 * What surrounds one run of the command.
 *
 * @param programName argv[0] as the user typed it
 * @param endpoint the daemon
 * @param config what sanlock.conf says
 * @param journal the trace of direct actions
 * @param out standard output
 * @param err standard error
 */
record Invocation(
    String programName,
    Endpoint endpoint,
    CommandConfig config,
    Journal journal,
    Out out,
    Out err) {
  /** The same with other outputs. */
  Invocation printingTo(Out newOut, Out newErr) {
    return new Invocation(programName, endpoint, config, journal, newOut, newErr);
  }
}
