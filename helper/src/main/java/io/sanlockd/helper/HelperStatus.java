package io.sanlockd.helper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the helper tells the daemon (recovery.md 8.2): type (8 bits), status 0 (8), number of
 * further bytes (16), all in native order. A helper only says that it is {@link #ALIVE}. Its
 * keeper, when there is one, adds what happens to the helper; the pid follows in 4 bytes.
 */
public final class HelperStatus {
  /** Length of a message without further bytes. */
  public static final int LENGTH = 4;

  /** Length of a message of the keeper. */
  public static final int KEEPER_LENGTH = 8;

  /** A sign of life. */
  public static final byte ALIVE = 1;

  /** A helper was started. */
  public static final byte STARTED = 2;

  /** The helper has ended; messages sent until the next one is started are thrown away. */
  public static final byte ENDED = 3;

  /** Seconds after a successful status until the next one is due. */
  public static final int INTERVAL_SECONDS = 30;

  /** Least number of seconds between two attempts to send a status. */
  public static final int RETRY_SECONDS = 2;

  private HelperStatus() {}

  /** A new sign of life: type 1, status 0, length 0. */
  public static byte[] message() {
    return new byte[] {ALIVE, 0, 0, 0};
  }

  /**
   * A new message of the keeper.
   *
   * @param type {@link #STARTED} or {@link #ENDED}
   * @param pid of the helper
   */
  static byte[] ofKeeper(byte type, int pid) {
    ByteBuffer buffer = ByteBuffer.allocate(KEEPER_LENGTH).order(ByteOrder.nativeOrder());
    buffer.put(type).put((byte) 0).putShort((short) Integer.BYTES).putInt(pid);
    return buffer.array();
  }

  /** Takes note of what a helper or its keeper says. */
  public interface Listener {
    /** A helper was started. */
    void started(int pid);

    /** The helper has ended; pid 0: it could not be started. */
    void ended(int pid);
  }

  /**
   * Takes the whole messages out of what was received. Signs of life and what is unknown are
   * skipped.
   *
   * @param received in native order, ready to be read; what remains is the beginning of a message
   */
  public static void decode(ByteBuffer received, Listener listener) {
    while (received.remaining() >= LENGTH) {
      int start = received.position();
      int further = received.getShort(start + 2) & 0xffff;
      if (received.remaining() < LENGTH + further) {
        return;
      }
      byte type = received.get(start);
      if (further == Integer.BYTES && type == STARTED) {
        listener.started(received.getInt(start + LENGTH));
      } else if (further == Integer.BYTES && type == ENDED) {
        listener.ended(received.getInt(start + LENGTH));
      }
      received.position(start + LENGTH + further);
    }
  }
}
