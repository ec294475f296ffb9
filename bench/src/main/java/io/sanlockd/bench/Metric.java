package io.sanlockd.bench;

/**
 * What a number says.
 *
 * @param name what was measured, as the table shows it
 * @param unit of the number
 * @param goal what ours should reach
 */
record Metric(String name, String unit, Goal goal) {}
