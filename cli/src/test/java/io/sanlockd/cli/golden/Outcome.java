package io.sanlockd.cli.golden;

/**
 * What a program did.
 *
 * @param stdout one char for each byte
 * @param stderr one char for each byte
 * @param exit status, negative for a signal
 */
public record Outcome(String stdout, String stderr, int exit) {}
