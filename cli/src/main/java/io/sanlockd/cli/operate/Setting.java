package io.sanlockd.cli.operate;

import io.sanlockd.client.Endpoint;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What surrounds a command.
 *
 * @param endpoint the daemon
 * @param fireTimeoutSeconds the watchdog_fire_timeout of this host's configuration, read when asked
 * @param flightFile the flight record of this host's daemon, asked for when needed
 * @param console where it prints
 */
public record Setting(
    Endpoint endpoint,
    IntSupplier fireTimeoutSeconds,
    Supplier<String> flightFile,
    Console console) {}
