package io.sanlockd.client.lease;

/**
 * An event that a host of a lockspace sent to this one.
 *
 * @param lockspace name of the lockspace
 * @param fromHostId the sender
 * @param fromGeneration the sender's generation
 * @param event bits that say what it is about; not 0. The reset daemon of sanlock uses the lowest
 *     ones, {@link Leases#askForRelease} bit 16
 * @param data whatever belongs to it
 */
public record HostNotice(
    String lockspace, long fromHostId, long fromGeneration, long event, long data) {}
