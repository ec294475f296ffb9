package io.sanlockd.sim;

/** A rule that must always hold does not. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Which rule. */
  enum Rule {
    /** At most one exclusive user, and no shared one beside it. */
    EXCLUSION,
    /** One version of a lease is owned by one host in one generation. */
    ONE_OWNER,
    /** A later exclusive grant has a larger version. */
    VERSION,
    /** The leader goes back to an older version although no write was late. */
    REGRESSION,
    /** Who takes the lease finds the value the last writer left. */
    VALUE,
    /** A buffer is not touched while its I/O is in flight. */
    BUFFER,
    /** Once nothing goes wrong any more every lease can be had again. */
    STUCK
  }

  private final Rule rule;
  private final String parties;

  Violation(Rule rule, String message) {
    this(rule, message, "");
  }

  /** A violation between hosts of certain kinds. */
  Violation(Rule rule, String message, String parties) {
    super(rule + ": " + message);
    this.rule = rule;
    this.parties = parties;
  }

  /** The rule, and between what kinds of hosts it was broken. */
  String kind() {
    return parties.isEmpty() ? rule.toString() : rule + " " + parties;
  }

  Rule rule() {
    return rule;
  }
}
