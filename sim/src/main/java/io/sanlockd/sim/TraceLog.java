package io.sanlockd.sim;

import io.sanlockd.lease.LeaseLog;

/** What a daemon logs, in the trace. */
record TraceLog(World world, Machine machine, String prefix) implements LeaseLog {
  private void add(String message) {
    world.trace(machine, () -> "        \" " + prefix + message);
  }

  @Override
  public void error(String message) {
    add(message);
  }

  @Override
  public void warning(String message) {
    add(message);
  }

  @Override
  public void debug(String message) {
    add(message);
  }
}
