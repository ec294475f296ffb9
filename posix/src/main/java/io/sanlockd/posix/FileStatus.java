package io.sanlockd.posix;

import java.nio.ByteBuffer;

/**
 * What the kernel says about an open file.
 *
 * @param kind regular file, block device or something else
 * @param sizeBytes length of a regular file or capacity of a block device; otherwise as in st_size
 * @param sectorBytes logical sector size of a block device; 512 for everything else, where the
 *     format decides
 * @param identity which file or device it is
 */
public record FileStatus(Kind kind, long sizeBytes, int sectorBytes, Identity identity) {
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int MODE_OFFSET = 28;
  private static final int INODE_OFFSET = 32;
  private static final int SIZE_OFFSET = 40;
  private static final int RDEV_OFFSET = 128;
  private static final int DEV_OFFSET = 136;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK = 0060000;
  private static final int TYPE_REGULAR = 0100000;
  private static final long BLKSSZGET = 0x1268;
  private static final long BLKGETSIZE64 = 0x80081272L;
  private static final int FILE_SECTOR_BYTES = 512;

  /** Kind of an open file. */
  public enum Kind {
    REGULAR,
    BLOCK,
    OTHER
  }

  /**
   * Tells whether two descriptors or paths mean the same storage: equal exactly then. Two device
   * nodes of one block device are equal: only {@code specialDevice} counts for them.
   *
   * @param device device that holds the inode (major in the upper 32 bits); 0 for a block device
   * @param inode inode number; 0 for a block device
   * @param specialDevice the block device itself; 0 for other files
   */
  public record Identity(long device, long inode, long specialDevice) {}

  /** Asks about an open descriptor. */
  public static FileStatus of(int fd) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    int result = Native.C.statx(fd, new byte[1], AT_EMPTY_PATH, STATX_BASIC_STATS, scratch.address);
    if (result < 0) {
      throw PosixException.last("statx", "fd " + fd);
    }
    ByteBuffer stat = scratch.buffer;
    int type = stat.getShort(MODE_OFFSET) & TYPE_MASK;
    long device = deviceNumber(stat, DEV_OFFSET);
    long inode = stat.getLong(INODE_OFFSET);
    long size = stat.getLong(SIZE_OFFSET);
    if (type == TYPE_BLOCK) {
      Identity identity = new Identity(0, 0, deviceNumber(stat, RDEV_OFFSET));
      return new FileStatus(Kind.BLOCK, blockDeviceBytes(fd), sectorBytes(fd), identity);
    }
    Kind kind = type == TYPE_REGULAR ? Kind.REGULAR : Kind.OTHER;
    return new FileStatus(kind, size, FILE_SECTOR_BYTES, new Identity(device, inode, 0));
  }

  /** Whether a path leads to a file of any kind: 0 or the negative errno of stat. */
  public static int find(String path) {
    Native.Scratch scratch = Native.scratch();
    byte[] name = Native.cString(path);
    int result = Native.C.statx(AT_FDCWD, name, 0, STATX_BASIC_STATS, scratch.address);
    return result < 0 ? -Native.errno() : 0;
  }

  private static long deviceNumber(ByteBuffer stat, int offset) {
    return (long) stat.getInt(offset) << 32 | (stat.getInt(offset + 4) & 0xffffffffL);
  }

  private static long blockDeviceBytes(int fd) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    ioctl(fd, BLKGETSIZE64, scratch.address, "BLKGETSIZE64");
    return scratch.buffer.getLong(0);
  }

  private static int sectorBytes(int fd) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    ioctl(fd, BLKSSZGET, scratch.address, "BLKSSZGET");
    return scratch.buffer.getInt(0);
  }

  private static void ioctl(int fd, long request, long address, String name) throws PosixException {
    if (Native.C.ioctl(fd, request, address) < 0) {
      throw PosixException.last("ioctl " + name, "fd " + fd);
    }
  }
}
