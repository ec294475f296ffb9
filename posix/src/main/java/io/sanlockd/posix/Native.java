package io.sanlockd.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;

/** The C library, bound once. Memory is handed over as addresses: that path allocates nothing. */
final class Native {
  private static final String LIBRARY = "libc.so.6";

  static final LibC C = LibraryLoader.create(LibC.class).load(LIBRARY);

  private static final Runtime RUNTIME = Runtime.getRuntime(C);
  private static final Invoker INVOKER = Invoker.getInstance();
  private static final Function SYSCALL5 =
      new Function(
          Library.openLibrary(LIBRARY, Library.LAZY).getSymbolAddress("syscall"),
          Type.SINT64,
          Type.SINT64,
          Type.SINT64,
          Type.SINT64,
          Type.SINT64,
          Type.SINT64,
          Type.SINT64);
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private Native() {}

  /**
   * Public because the generated binding lives in another package; the class around it is not. No
   * method may have more than five parameters: see {@link #syscall5}.
   */
  public interface LibC {
    long syscall(long number, long a, long b, long c, long d);

    int open(@In byte[] path, int flags, int mode);

    int close(int fd);

    long read(int fd, long address, long count);

    long write(int fd, long address, long count);

    long send(int fd, long address, long count, int flags);

    long lseek(int fd, long offset, int whence);

    int fcntl(int fd, int command, long argument);

    int ioctl(int fd, long request, long address);

    int dup2(int oldFd, int newFd);

    int statx(int directoryFd, @In byte[] path, int flags, int mask, long address);

    int poll(long address, long count, int timeoutMillis);

    int epoll_create1(int flags);

    int epoll_ctl(int epollFd, int operation, int fd, long address);

    int epoll_wait(int epollFd, long address, int maxEvents, int timeoutMillis);

    int eventfd(int initial, int flags);

    int eventfd_write(int fd, long value);

    int eventfd_read(int fd, long address);

    int pipe2(long address, int flags);

    int accept4(int fd, long address, long addressLength, int flags);

    int socket(int domain, int type, int protocol);

    int connect(int fd, long address, int addressLength);

    int bind(int fd, long address, int addressLength);

    int listen(int fd, int backlog);

    int getsockopt(int fd, int level, int option, long address, long lengthAddress);

    int clock_gettime(int clock, long address);

    int kill(int pid, int signal);

    long signal(int signal, long handler);

    int pthread_sigmask(int how, long setAddress, long oldSetAddress);

    int execv(@In byte[] path, long argumentsAddress);

    int chown(@In byte[] path, int uid, int gid);

    int geteuid();

    int setsid();

    int getrlimit(int resource, long address);

    int setrlimit(int resource, long address);

    int initgroups(@In byte[] user, int gid);

    int setgroups(long count, long listAddress);

    int setgid(int gid);

    int setuid(int uid);

    int prctl(int option, long a, long b, long c, long d);

    int mlockall(int flags);

    int sched_setscheduler(int pid, int policy, long parameterAddress);

    int sched_getscheduler(int pid);

    int sched_get_priority_max(int policy);

    long getpwnam(@In byte[] name);

    long getgrnam(@In byte[] name);

    int uname(long address);
  }

  /**
   * A system call with five arguments. The call stubs that jnr-ffi 2.3.4 compiles for x86-64 pass a
   * sixth parameter (number and five arguments) from the wrong place on the stack, so this goes
   * through jffi's own invoker.
   */
  static long syscall5(long number, long a, long b, long c, long d, long e) {
    return INVOKER.invokeN6(
        SYSCALL5.getCallContext(), SYSCALL5.getFunctionAddress(), number, a, b, c, d, e);
  }

  /** errno of the last failed call of this thread. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  /** Address of index 0 of a direct buffer, whatever its position. */
  static long address(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("the kernel needs a direct buffer");
    }
    return MEMORY.getDirectBufferAddress(direct);
  }

  static int intAt(long address) {
    return MEMORY.getInt(address);
  }

  /** NUL-terminated UTF-8. */
  static byte[] cString(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in a string for the kernel");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** Memory of the calling thread for the small structures of one call. */
  static Scratch scratch() {
    return SCRATCH.get();
  }

  /** Native memory in native byte order together with its address. */
  static final class Scratch {
    static final int BYTES = 512;

    final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
    final long address = Native.address(buffer);
  }
}
