package io.sanlockd.cli.operate;

/**
 * Seconds until something happens to this host if no renewal succeeds any more.
 *
 * @param ageSeconds of the last renewal
 */
record FenceForecast(FailurePlan plan, long ageSeconds) {
  long warnIn() {
    return left(plan.warn());
  }

  long killIn() {
    return left(plan.lost());
  }

  long sigkillIn() {
    return left(plan.sigkill());
  }

  /** The earliest reset. */
  long fireIn() {
    return left(plan.resetFrom());
  }

  boolean isWarning() {
    return ageSeconds >= plan.warn();
  }

  private long left(int second) {
    return Math.max(0, second - ageSeconds);
  }

  String text() {
    return "warn "
        + warnIn()
        + " s   kill "
        + killIn()
        + " s   SIGKILL "
        + sigkillIn()
        + " s   "
        + (plan.watchdog() ? "fire " + fireIn() + " s" : "no watchdog");
  }

  Object json() {
    return Json.object(
        "age", ageSeconds,
        "warn_in", warnIn(),
        "kill_in", killIn(),
        "sigkill_in", sigkillIn(),
        "fire_in", plan.watchdog() ? fireIn() : null);
  }
}
