package io.sanlockd.reset;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A log in memory. */
final class RecordedLog {
  /** Level and text of what went to syslog. */
  final List<String> syslog = new ArrayList<>();

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  ProgramLog log(ProgramLog.Detail detail) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.ISO_8859_1);
    return new ProgramLog((level, text) -> syslog.add(level + " " + text), stream, detail, () -> 7);
  }

  /** The lines of standard error so far, without their time; they are forgotten. */
  List<String> lines() {
    String text = err.toString(StandardCharsets.ISO_8859_1);
    err.reset();
    return text.lines().map(line -> line.replaceFirst("^7 ", "")).toList();
  }
}
