package io.sanlockd.daemon.work;

/**
 * How busy some worker threads are.
 *
 * @param limit most threads at a time
 * @param busy threads that do something now
 * @param waiting pieces of work that wait for a thread
 */
public record WorkerFacts(int limit, int busy, int waiting) {}
