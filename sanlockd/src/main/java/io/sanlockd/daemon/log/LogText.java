package io.sanlockd.daemon.log;

import java.nio.ByteBuffer;
import java.util.Iterator;

/**
 * The log text in memory at one moment.
 *
 * @param length in bytes
 * @param chunks the text, copied out of memory piece by piece as it is asked for; what has been
 *     overwritten by then is replaced by blank lines, so that a slow reader costs no memory
 */
public record LogText(int length, Iterator<ByteBuffer> chunks) {}
