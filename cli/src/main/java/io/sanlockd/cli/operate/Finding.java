package io.sanlockd.cli.operate;

import java.util.Collection;
import java.util.Locale;

/**
 * One thing found by a command that judges.
 *
 * @param place what it is about
 * @param text evidence and next step
 */
record Finding(Severity severity, String place, String text) {
  static Severity worst(Collection<Finding> findings) {
    Severity worst = Severity.OK;
    for (Finding finding : findings) {
      if (finding.severity.compareTo(worst) > 0) {
        worst = finding.severity;
      }
    }
    return worst;
  }

  static long count(Collection<Finding> findings, Severity severity) {
    return findings.stream().filter(finding -> finding.severity == severity).count();
  }

  Object json() {
    return Json.object(
        "severity", severity.name().toLowerCase(Locale.ROOT), "place", place, "text", text);
  }
}
