package io.sanlockd.it.fault;

/**
 * A read or write that reached the file.
 *
 * @param nanos when, {@link System#nanoTime}
 * @param write a write, else a read
 * @param offset first byte
 * @param length bytes
 */
public record FileIo(long nanos, boolean write, long offset, int length) {}
