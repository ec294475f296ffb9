package io.sanlockd.daemon.lockspace;

import io.sanlockd.model.LeaseName;

/**
 * What all lockspaces of the daemon have in common.
 *
 * @param hostName our host name
 * @param ioTimeout of lockspaces that are added without one, in seconds
 * @param renewalReadExtendSeconds how long a timed-out renewal read is waited for once more; -1 =
 *     the lockspace's io_timeout
 * @param setBitmapSeconds how long a notification stays set; 0 = 6 x io_timeout
 * @param historySize renewals kept for each lockspace
 */
public record LockspaceSettings(
    LeaseName hostName,
    int ioTimeout,
    int renewalReadExtendSeconds,
    int setBitmapSeconds,
    int historySize) {}
