package io.sanlockd.daemon.flight;

import io.sanlockd.model.LeaseName;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What a flight record is made of.
 *
 * @param file where it is
 * @param kilobytes its size
 * @param boot boot id of the kernel, zero when unknown
 * @param pid of this daemon
 * @param hostName name of this host in leases
 */
public record FlightSettings(Path file, int kilobytes, UUID boot, int pid, LeaseName hostName) {}
