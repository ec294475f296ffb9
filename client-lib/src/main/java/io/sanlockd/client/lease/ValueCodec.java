package io.sanlockd.client.lease;

import io.sanlockd.model.Check;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A value as the bytes of a value block. A block that was never written is all zero; so {@link
 * #decode} must know what that means.
 *
 * @param <T> type of the value
 */
public interface ValueCodec<T> {
  /** Bytes of a value, at most a sector (512 or 4096); the rest of the block keeps its content. */
  byte[] encode(T value);

  /**
   * The value in a block.
   *
   * @param block the whole block, one sector
   * @throws IllegalArgumentException when it holds no such value
   */
  T decode(byte[] block);

  /** The bytes as they are. */
  static ValueCodec<byte[]> bytes() {
    return new ValueCodec<>() {
      @Override
      public byte[] encode(byte[] value) {
        return value.clone();
      }

      @Override
      public byte[] decode(byte[] block) {
        return block.clone();
      }
    };
  }

  /** A number in 8 bytes, big endian; 0 in a block never written. */
  static ValueCodec<Long> longs() {
    return new ValueCodec<>() {
      @Override
      public byte[] encode(Long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
      }

      @Override
      public Long decode(byte[] block) {
        return ByteBuffer.wrap(block).getLong();
      }
    };
  }

  /** A text in UTF-8 behind its length in 2 bytes; empty in a block never written. */
  static ValueCodec<String> text() {
    return new ValueCodec<>() {
      @Override
      public byte[] encode(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        Check.argument(bytes.length <= Short.MAX_VALUE, "a text of more than 32767 bytes");
        return ByteBuffer.allocate(Short.BYTES + bytes.length)
            .putShort((short) bytes.length)
            .put(bytes)
            .array();
      }

      @Override
      public String decode(byte[] block) {
        int length = ByteBuffer.wrap(block).getShort();
        Check.argument(
            length >= 0 && length <= block.length - Short.BYTES, "no text in the value block");
        return new String(block, Short.BYTES, length, StandardCharsets.UTF_8);
      }
    };
  }
}
