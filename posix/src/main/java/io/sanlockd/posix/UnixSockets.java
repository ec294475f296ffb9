package io.sanlockd.posix;

/** Calls on Unix stream sockets given as raw descriptors. */
public final class UnixSockets {
  private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int CREDENTIALS_BYTES = 12;

  private UnixSockets() {}

  /**
   * Who connected, as the kernel recorded it at connect time.
   *
   * @param pid process id in our pid namespace, 0 if it is not visible there
   * @param uid effective user id
   * @param gid effective group id
   */
  public record PeerCredentials(int pid, int uid, int gid) {}

  /**
   * Accepts one connection; the new descriptor is close-on-exec and non-blocking.
   *
   * @param listenerFd non-blocking listener
   * @return the descriptor or a negative errno, -EAGAIN when nobody waits
   */
  public static int accept(int listenerFd) {
    while (true) {
      int fd = Native.C.accept4(listenerFd, 0, 0, SOCK_CLOEXEC_NONBLOCK);
      if (fd >= 0) {
        return fd;
      }
      int errno = Native.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** Credentials of the process at the other end of a connected socket. */
  public static PeerCredentials peer(int fd) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    scratch.buffer.putInt(CREDENTIALS_BYTES, CREDENTIALS_BYTES);
    int result =
        Native.C.getsockopt(
            fd, SOL_SOCKET, SO_PEERCRED, scratch.address, scratch.address + CREDENTIALS_BYTES);
    if (result < 0) {
      throw PosixException.last("getsockopt SO_PEERCRED", "fd " + fd);
    }
    return new PeerCredentials(
        scratch.buffer.getInt(0), scratch.buffer.getInt(4), scratch.buffer.getInt(8));
  }
}
