package io.sanlockd.cli.operate;

import io.sanlockd.client.Endpoint;
import java.util.function.IntSupplier;

/**
 * What surrounds a command.
 *
 * @param endpoint the daemon
 * @param fireTimeoutSeconds the watchdog_fire_timeout of this host's configuration, read when asked
 * @param console where it prints
 */
public record Setting(Endpoint endpoint, IntSupplier fireTimeoutSeconds, Console console) {}
