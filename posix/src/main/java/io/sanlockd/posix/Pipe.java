package io.sanlockd.posix;

/**
 * A pipe(2), both ends close-on-exec.
 *
 * @param readFd end to read from
 * @param writeFd end to write to
 */
public record Pipe(int readFd, int writeFd) {

  /** Makes a pipe; {@code nonBlocking} holds for both ends. */
  public static Pipe create(boolean nonBlocking) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    int flags = OpenFlags.CLOEXEC | (nonBlocking ? OpenFlags.NONBLOCK : 0);
    if (Native.C.pipe2(scratch.address, flags) < 0) {
      throw PosixException.last("pipe2", "");
    }
    return new Pipe(scratch.buffer.getInt(0), scratch.buffer.getInt(4));
  }
}
