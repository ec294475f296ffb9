package io.sanlockd.cli;

import io.sanlockd.posix.Syslog;

/** The trace in syslog, under the name that the C program has for it. */
final class SyslogJournal implements Journal {
  private static final String IDENT = "sanlock-direct";

  @Override
  public void note(String line) {
    // Native code is loaded here and not with the class: only direct actions need it.
    try (Syslog syslog = new Syslog(IDENT)) {
      syslog.send(Syslog.WARNING, line.replace('\n', '?').replace('\r', '?'));
    }
  }
}
