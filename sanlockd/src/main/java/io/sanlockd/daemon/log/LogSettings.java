package io.sanlockd.daemon.log;

import java.nio.file.Path;

/**
 * Where log messages go.
 *
 * @param file log file, appended to
 * @param filePriority messages of this syslog level and below go to the file, -1 = none
 * @param syslogPriority likewise for syslog
 * @param stderr whether everything goes to stderr, too
 * @param utc whether times are in UTC instead of local time
 */
public record LogSettings(
    Path file, int filePriority, int syslogPriority, boolean stderr, boolean utc) {}
