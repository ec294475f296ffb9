package io.sanlockd.cli.operate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The renewal history as a page (.html) or a picture of one lockspace (.svg). */
final class RenewalReport {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Renewals</title><style>
      body{font-family:sans-serif;margin:2em;color:#1a202c;max-width:900px}
      table{border-collapse:collapse;margin:1em 0}
      td,th{padding:.25em .8em;border-bottom:1px solid #e2e8f0;text-align:left}
      h2{margin-top:2em}
      </style></head><body>
      """;

  private final Snapshot snapshot;

  private RenewalReport(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  /**
   * Writes a report.
   *
   * @throws IOException also when an .svg is wanted and there is not exactly one lockspace
   */
  static void write(Snapshot snapshot, Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    String content;
    if (name.endsWith(".svg")) {
      List<LockspaceView> lockspaces = snapshot.lockspaces();
      if (lockspaces.size() != 1) {
        throw new IOException(
            "an .svg shows one lockspace, here are " + lockspaces.size() + ": name one with -s");
      }
      content = RenewalChart.of(lockspaces.get(0), snapshot.daemon().nowSeconds());
    } else {
      content = new RenewalReport(snapshot).page();
    }
    Files.writeString(file, content, StandardCharsets.UTF_8);
  }

  private String page() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<h1>")
        .append(Markup.escape("Renewals of host " + snapshot.daemon().hostName().orElse("")))
        .append("</h1><p>")
        .append(TIME.format(snapshot.at()))
        .append("</p>\n");
    if (snapshot.lockspaces().isEmpty()) {
      page.append("<p>No lockspace is joined.</p>\n");
    }
    for (LockspaceView lockspace : snapshot.lockspaces()) {
      lockspace(page, lockspace);
    }
    return page.append("</body></html>\n").toString();
  }

  private void lockspace(StringBuilder page, LockspaceView lockspace) {
    page.append("<h2>").append(Markup.escape("Lockspace " + lockspace.name())).append("</h2>\n");
    paragraph(
        page,
        lockspace.place()
            + ", host_id "
            + Long.toUnsignedString(lockspace.hostId())
            + ", generation "
            + lockspace.generation()
            + ", io_timeout "
            + lockspace.ioTimeout()
            + " s, "
            + lockspace.phase());
    page.append(RenewalChart.of(lockspace, snapshot.daemon().nowSeconds()));
    lockspace
        .latencies()
        .ifPresent(
            latencies ->
                paragraph(
                    page,
                    latencies.text("renewals") + "; failed attempts: " + lockspace.failures()));
    snapshot
        .forecast(lockspace)
        .ifPresent(
            forecast ->
                paragraph(
                    page,
                    "Renewed "
                        + forecast.ageSeconds()
                        + " s ago. If no renewal succeeded any more: "
                        + forecast.text()));
    page.append(
        "<table><tr><th>host_id</th><th>name</th><th>generation</th><th>state</th>"
            + "<th>io_timeout</th></tr>\n");
    for (HostSight host : lockspace.hosts()) {
      page.append("<tr>");
      cell(page, Long.toUnsignedString(host.hostId()));
      cell(page, host.name());
      cell(page, Long.toUnsignedString(host.generation()));
      Object state = lockspace.hostStates().get(host.hostId());
      cell(page, host.timestamp() == 0 ? "FREE" : state == null ? "UNKNOWN" : state.toString());
      cell(page, host.ioTimeout() + " s");
      page.append("</tr>\n");
    }
    page.append("</table>\n");
  }

  private static void paragraph(StringBuilder page, String text) {
    page.append("<p>").append(Markup.escape(text)).append("</p>\n");
  }

  private static void cell(StringBuilder page, String text) {
    page.append("<td>").append(Markup.escape(text)).append("</td>");
  }
}
