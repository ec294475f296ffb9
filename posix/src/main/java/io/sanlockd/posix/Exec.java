package io.sanlockd.posix;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Replacing this process with another program. */
public final class Exec {
  private static final int SIG_SETMASK = 2;
  private static final int SIGNAL_SET_BYTES = 128;
  private static final long SIG_DFL = 0;
  private static final int FIRST_CLOSED_FD = 3;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private Exec() {}

  /**
   * Replaces this process by {@code path} (no search in PATH): same pid, same environment, standard
   * streams and {@code keepFd} stay open, everything else is closed. The program starts with no
   * signal blocked and with SIGPIPE at its default; the JVM's other handlers fall back to the
   * default by themselves. Flush your streams first.
   *
   * @param arguments the whole argument vector, the program's name first
   * @param keepFd descriptor (0 or more) to hand over, -1 for none
   * @param asFd the number it has in the program; a descriptor of the JVM that has this number is
   *     closed by the exec
   * @throws PosixException if the program cannot be started; signal mask, SIGPIPE and close-on-exec
   *     flags are changed by then, so the caller should report it and exit
   */
  public static void replace(String path, List<String> arguments, int keepFd, int asFd)
      throws PosixException {
    byte[] program = Native.cString(path);
    byte[][] strings = arguments.stream().map(Native::cString).toArray(byte[][]::new);
    ByteBuffer vector = argumentVector(strings);
    clearSignals();
    Fd.closeOnExecFrom(FIRST_CLOSED_FD);
    if (keepFd >= 0 && keepFd == asFd) {
      Fd.setCloseOnExec(keepFd, false);
    }
    int errno;
    try {
      errno = execAs(program, Native.address(vector), keepFd, asFd);
    } finally {
      Reference.reachabilityFence(vector);
    }
    throw new PosixException("execv", path, errno);
  }

  /**
   * Moves the descriptor and executes; returns the errno with the descriptors as they were. While
   * the JVM's own file is not at its number nothing may be loaded, so every call made then was made
   * before.
   */
  private static int execAs(byte[] program, long vector, int keepFd, int asFd)
      throws PosixException {
    if (keepFd < 0 || keepFd == asFd) {
      int unused = Native.C.execv(program, vector);
      return Native.errno();
    }
    int saved = Native.C.fcntl(asFd, F_DUPFD_CLOEXEC, FIRST_CLOSED_FD);
    // The rehearsal: an empty path can not be executed, and a descriptor moved to itself stays.
    int unused = Native.C.execv(new byte[1], vector) + Native.C.dup2(keepFd, keepFd);
    int errno = Native.errno();
    if (Native.C.dup2(keepFd, asFd) == asFd) {
      unused = Native.C.execv(program, vector);
      errno = Native.errno();
      unused = Native.C.dup2(saved, asFd);
    }
    return errno;
  }

  /** Pointers, a null pointer, then the strings they point to. */
  private static ByteBuffer argumentVector(byte[][] strings) {
    int pointerBytes = (strings.length + 1) * Long.BYTES;
    int totalBytes = pointerBytes;
    for (byte[] string : strings) {
      totalBytes = Math.addExact(totalBytes, string.length);
    }
    ByteBuffer vector = ByteBuffer.allocateDirect(totalBytes).order(ByteOrder.nativeOrder());
    long address = Native.address(vector);
    int at = pointerBytes;
    for (int i = 0; i < strings.length; i++) {
      vector.putLong(i * Long.BYTES, address + at);
      vector.put(at, strings[i]);
      at += strings[i].length;
    }
    return vector;
  }

  private static void clearSignals() throws PosixException {
    ByteBuffer emptySet = ByteBuffer.allocateDirect(SIGNAL_SET_BYTES);
    int errno;
    try {
      errno = Native.C.pthread_sigmask(SIG_SETMASK, Native.address(emptySet), 0);
    } finally {
      Reference.reachabilityFence(emptySet);
    }
    if (errno != 0) {
      throw new PosixException("pthread_sigmask", "", errno);
    }
    if (Native.C.signal(Signals.PIPE, SIG_DFL) == -1) {
      throw PosixException.last("signal", "SIGPIPE");
    }
  }
}
