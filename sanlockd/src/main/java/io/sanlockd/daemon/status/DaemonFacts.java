package io.sanlockd.daemon.status;

import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.model.LeaseName;

/**
 * What the DAEMON record says that does not change while the daemon runs.
 *
 * @param hostName our host name
 * @param useWatchdog whether lockspaces are protected by the watchdog, 0 or 1
 * @param highPriority whether real-time priority was asked for, 0 or 1
 * @param mlockLevel 0 none, 1 current, 2 current and future pages
 * @param quietFail 0 or 1
 * @param debugRenew 0, 1 or more
 * @param debugClients 0 or 1
 * @param debugCommands commands whose use is logged, bit N for number N
 * @param renewalHistorySize renewals kept for each lockspace
 * @param gid group of the socket
 * @param uid owner of the socket
 * @param sharedRetries how often a shared acquire is repeated
 * @param maxSectors size of requests to block devices
 * @param maxWorkers limit of worker threads
 * @param writeInitIoTimeout seconds for initialisation writes
 * @param useAio 0 or 1, for display
 * @param graceSeconds time for processes to stop by themselves
 */
public record DaemonFacts(
    LeaseName hostName,
    int useWatchdog,
    int highPriority,
    int mlockLevel,
    int quietFail,
    int debugRenew,
    int debugClients,
    long debugCommands,
    int renewalHistorySize,
    int gid,
    int uid,
    int sharedRetries,
    MaxSectors maxSectors,
    int maxWorkers,
    int writeInitIoTimeout,
    int useAio,
    int graceSeconds) {
  /** The sanlock level whose behaviour we offer: 3.8.5. */
  public static final int VERSION = 0x03080500;
}
