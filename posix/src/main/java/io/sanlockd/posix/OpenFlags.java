package io.sanlockd.posix;

/** Flags of {@link Fd#open}; {@link #DIRECT} differs between processors. */
public final class OpenFlags {
  public static final int RDONLY = 0;
  public static final int WRONLY = 1;
  public static final int RDWR = 2;
  public static final int CREATE = 0x40;

  /** With {@link #CREATE}: fail with EEXIST if the file exists. */
  public static final int EXCLUSIVE = 0x80;

  public static final int APPEND = 0x400;
  public static final int NONBLOCK = 0x800;
  public static final int SYNC = 0x101000;
  public static final int CLOEXEC = 0x80000;

  /** Only the place: neither for reading nor for writing, and needs no permission on the file. */
  public static final int PATH = 0x200000;

  /** Bypass the page cache: address, length and offset must be multiples of the sector size. */
  public static final int DIRECT = Architecture.CURRENT.openDirect;

  private OpenFlags() {}
}
