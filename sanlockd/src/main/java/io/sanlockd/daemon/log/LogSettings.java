package io.sanlockd.daemon.log;

import io.sanlockd.lease.LogDetail;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where log messages go.
 *
 * @param file log file, appended to
 * @param filePriority messages of this syslog level and below go to the file, -1 = none
 * @param syslogPriority likewise for syslog
 * @param namesPriority syslog level of the lines that name the leases asked for, -1 = in memory
 *     only
 * @param stderr whether everything goes to stderr, too
 * @param utc whether times are in UTC instead of local time
 * @param details debug lines that are wanted beside the usual ones
 */
public record LogSettings(
    Path file,
    int filePriority,
    int syslogPriority,
    int namesPriority,
    boolean stderr,
    boolean utc,
    Set<LogDetail> details) {}
