/**
 * The command {@code sanlock}: {@link io.sanlockd.cli.Sanlock} decides, {@link
 * io.sanlockd.cli.OptionParser} reads the one-letter options exactly as the C program does, one
 * class per group of actions asks the daemon and prints.
 *
 * <p>Standard output and exit status are those of the C program, byte for byte: other programs read
 * them (cli.md 12). What a human needs beyond that, one line for each failure, goes to standard
 * error. Start-up time is the price of every call, so the common path stays away from lambdas,
 * streams, regular expressions and formatters.
 */
package io.sanlockd.cli;
