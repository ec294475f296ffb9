package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;

/**
 * The reply of one connection on its way out. Chunks are pulled only as the socket takes them, so a
 * reader that never reads costs one chunk and {@value #BATCH_BYTES} bytes.
 */
final class Output {
  /** Bytes gathered for one send. */
  static final int BATCH_BYTES = 16 * 1024;

  /** Bytes sent in one go before others get their turn. */
  static final int TURN_BYTES = 16 * BATCH_BYTES;

  /** How far {@link #send} came. */
  enum Progress {
    DONE,
    /** The turn is over or the socket is full. */
    MORE,
    /** The peer is gone; the rest was dropped. */
    PEER_GONE
  }

  private Iterator<ByteBuffer> chunks = Collections.emptyIterator();
  private ByteBuffer chunk;
  private ByteBuffer unsent;

  void start(Iterator<ByteBuffer> reply) {
    chunks = reply;
  }

  void drop() {
    chunks = Collections.emptyIterator();
    chunk = null;
    unsent = null;
  }

  /**
   * Sends what the socket takes now.
   *
   * @param batch direct buffer of {@link #BATCH_BYTES}, free for use during the call
   */
  Progress send(int fd, ByteBuffer batch) {
    int turnBytes = 0;
    while (turnBytes < TURN_BYTES) {
      gather(batch);
      if (!batch.hasRemaining()) {
        drop();
        return Progress.DONE;
      }
      int sent = Fd.send(fd, batch);
      if (sent < 0 && sent != -Errno.EAGAIN) {
        drop();
        return Progress.PEER_GONE;
      }
      if (batch.hasRemaining()) {
        unsent = ByteBuffer.allocate(batch.remaining()).put(batch).flip();
        return Progress.MORE;
      }
      turnBytes += sent;
    }
    return Progress.MORE;
  }

  /** Fills the batch with what was left last time and as many chunks as fit. */
  private void gather(ByteBuffer batch) {
    batch.clear();
    if (unsent != null) {
      batch.put(unsent);
      unsent = null;
    }
    while (batch.hasRemaining()) {
      if (chunk == null || !chunk.hasRemaining()) {
        if (!chunks.hasNext()) {
          break;
        }
        chunk = chunks.next();
      }
      int count = Math.min(batch.remaining(), chunk.remaining());
      batch.put(batch.position(), chunk, chunk.position(), count);
      batch.position(batch.position() + count);
      chunk.position(chunk.position() + count);
    }
    batch.flip();
  }
}
