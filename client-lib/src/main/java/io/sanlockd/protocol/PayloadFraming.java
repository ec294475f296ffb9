package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * How many bytes follow a request's header. The command decides, not the header's length field,
 * which real clients fill in wrongly (protocol.md 4.2).
 */
public final class PayloadFraming {
  /** Most resources in one ACQUIRE. */
  public static final int MAX_ACQUIRE = 8;

  /** Longest rest of a refused request that is worth waiting for, in bytes. */
  public static final int MAX_DISCARD = 1 << 20;

  private static final int KILLPATH_LENGTH = 256;
  private static final int INDEX_LENGTH = 1104;
  private static final int ENTRY_LENGTH = 64;
  private static final int EVENT_LENGTH = 32;
  private static final int VALUE_BLOCK_LIMIT = 4096;
  private static final int RELEASE_LIMIT = 8000;
  private static final int REL_ALL = 0x1;
  private static final int REL_RENAME = 0x2;
  private static final int REL_ORPHAN = 0x4;

  private PayloadFraming() {}

  /**
   * Bytes of payload the request needs as far as can be told; it is complete when this is not more
   * than {@code soFar.remaining()}.
   *
   * @param soFar the payload received so far; position and limit are left as they are
   */
  public static int required(MessageHeader header, ByteBuffer soFar) {
    Command command = Command.of(header.cmd()).orElse(null);
    if (command == null) {
      return 0;
    }
    return switch (command.payload()) {
      case NONE -> 0;
      case LOCKSPACE -> Lockspace.LENGTH;
      case LOCKSPACE_AND_EVENT -> Lockspace.LENGTH + EVENT_LENGTH;
      case RESOURCE -> Resource.LENGTH;
      case RESOURCE_WITH_DISKS -> resourceWithDisks(soFar, 0);
      case DISK -> Disk.LENGTH;
      case ACQUIRE -> acquire(header, soFar);
      case RELEASE -> release(header);
      case KILLPATH -> KILLPATH_LENGTH;
      case VALUE_BLOCK -> valueBlock(header);
      case INDEX -> INDEX_LENGTH;
      case INDEX_AND_ENTRY -> INDEX_LENGTH + ENTRY_LENGTH;
    };
  }

  private static int resourceWithDisks(ByteBuffer soFar, int start) {
    int fixed = start + Resource.LENGTH;
    if (soFar.remaining() < fixed) {
      return fixed;
    }
    int disks = soFar.getInt(soFar.position() + start + Resource.NUM_DISKS_OFFSET);
    return disks >= 1 && disks <= Resource.MAX_DISKS ? fixed + disks * Disk.LENGTH : fixed;
  }

  /** Nothing of a request for too many; up to the first impossible resource; else all. */
  private static int acquire(MessageHeader header, ByteBuffer soFar) {
    if (header.data() < 0 || header.data() > MAX_ACQUIRE) {
      return 0;
    }
    int end = 0;
    for (int i = 0; i < header.data(); i++) {
      int next = resourceWithDisks(soFar, end);
      if (next > soFar.remaining() || next == end + Resource.LENGTH) {
        return next;
      }
      end = next;
    }
    return end + Options.LENGTH;
  }

  private static int release(MessageHeader header) {
    if ((header.cmdFlags() & REL_ALL) != 0) {
      return 0;
    }
    if ((header.cmdFlags() & REL_ORPHAN) != 0) {
      return Resource.LENGTH;
    }
    if ((header.cmdFlags() & REL_RENAME) != 0) {
      return 2 * Resource.LENGTH;
    }
    return Math.max(0, Math.min(header.data(), RELEASE_LIMIT)) * Resource.LENGTH;
  }

  private static int valueBlock(MessageHeader header) {
    int value = header.length() - MessageHeader.LENGTH - Resource.LENGTH;
    return Resource.LENGTH + Math.max(0, Math.min(value, VALUE_BLOCK_LIMIT + 1));
  }
}
