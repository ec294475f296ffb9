package io.sanlockd.posix;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Calls on Unix sockets given as raw descriptors. */
public final class UnixSockets {
  private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int CREDENTIALS_BYTES = 12;
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int PATH_OFFSET = 2;
  private static final long CONNECT_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Longest path of a socket in bytes. */
  public static final int MAX_PATH_BYTES = 107;

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

  /**
   * Connects to the listener at a path. The new descriptor is close-on-exec and non-blocking.
   *
   * @param timeoutNanos longest wait while the listener's queue is full; such a listener is asked
   *     again and again
   * @throws PosixException for instance ENOENT, ECONNREFUSED (nobody listens), EACCES, EMSGSIZE
   *     (path longer than {@value #MAX_PATH_BYTES} bytes), ETIMEDOUT
   */
  public static int connect(String path, long timeoutNanos) throws PosixException {
    byte[] name = pathBytes("connect", path);
    int fd = socket(SOCK_STREAM, path);
    long startNanos = MonotonicClock.nanos();
    while (true) {
      int length = putAddress(name);
      if (Native.C.connect(fd, Native.scratch().address, length) == 0) {
        return fd;
      }
      int errno = Native.errno();
      boolean again = errno == Errno.EAGAIN || errno == Errno.EINTR;
      if (again && MonotonicClock.nanos() - startNanos < timeoutNanos) {
        LockSupport.parkNanos(CONNECT_RETRY_NANOS);
        continue;
      }
      Fd.close(fd);
      throw new PosixException("connect", path, again ? Errno.ETIMEDOUT : errno);
    }
  }

  /**
   * A datagram socket whose messages go to a path. Close-on-exec and non-blocking.
   *
   * @param path of the receiver; a leading {@code @} means a name that is not in the file system
   */
  public static int connectDatagram(String path) throws PosixException {
    byte[] name = pathBytes("connect", path);
    int fd = socket(SOCK_DGRAM, path);
    boolean named = !path.startsWith("@");
    name[0] = named ? name[0] : 0;
    // The zero at the end would be part of a name that is not a path.
    int length = putAddress(name) - (named ? 0 : 1);
    if (Native.C.connect(fd, Native.scratch().address, length) == 0) {
      return fd;
    }
    int errno = Native.errno();
    Fd.close(fd);
    throw new PosixException("connect", path, errno);
  }

  /**
   * Binds and listens at a path that must not exist. The new descriptor is close-on-exec and
   * non-blocking.
   *
   * @param backlog connections that may wait to be accepted
   * @throws PosixException for instance EADDRINUSE, ENOENT (directory), EMSGSIZE (path longer than
   *     {@value #MAX_PATH_BYTES} bytes)
   */
  public static int listen(String path, int backlog) throws PosixException {
    byte[] name = pathBytes("bind", path);
    int fd = socket(SOCK_STREAM, path);
    int length = putAddress(name);
    String call = "bind";
    int result = Native.C.bind(fd, Native.scratch().address, length);
    if (result == 0) {
      call = "listen";
      result = Native.C.listen(fd, backlog);
    }
    if (result == 0) {
      return fd;
    }
    int errno = Native.errno();
    Fd.close(fd);
    throw new PosixException(call, path, errno);
  }

  /**
   * A datagram socket that receives at a path that must not exist. Close-on-exec and non-blocking.
   *
   * @throws PosixException for instance EADDRINUSE, ENOENT (directory), EMSGSIZE (path longer than
   *     {@value #MAX_PATH_BYTES} bytes)
   */
  public static int bindDatagram(String path) throws PosixException {
    byte[] name = pathBytes("bind", path);
    int fd = socket(SOCK_DGRAM, path);
    int length = putAddress(name);
    if (Native.C.bind(fd, Native.scratch().address, length) == 0) {
      return fd;
    }
    int errno = Native.errno();
    Fd.close(fd);
    throw new PosixException("bind", path, errno);
  }

  private static int socket(int type, String path) throws PosixException {
    int fd = Native.C.socket(AF_UNIX, type | SOCK_CLOEXEC_NONBLOCK, 0);
    if (fd < 0) {
      throw PosixException.last("socket", path);
    }
    return fd;
  }

  private static byte[] pathBytes(String call, String path) throws PosixException {
    byte[] name = Native.cString(path);
    if (name.length > MAX_PATH_BYTES + 1) {
      throw new PosixException(call, path, Errno.EMSGSIZE);
    }
    return name;
  }

  /** Puts a sockaddr_un into the thread's scratch memory; returns its length. */
  private static int putAddress(byte[] name) {
    Native.Scratch scratch = Native.scratch();
    scratch.buffer.putShort(0, (short) AF_UNIX);
    scratch.buffer.put(PATH_OFFSET, name);
    return PATH_OFFSET + name.length;
  }
}
