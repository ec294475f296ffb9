package io.sanlockd.daemon.loop;

/** For tests that expect nothing to be logged or do not care. */
final class NoLog implements LoopLog {
  @Override
  public void error(String message) {}

  @Override
  public void debug(String message) {}
}
