package io.sanlockd.bench;

/** One number of one measurement. */
record Figure(Metric metric, double value) {}
