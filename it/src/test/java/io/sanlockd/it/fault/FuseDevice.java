package io.sanlockd.it.fault;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** The kernel's end of a FUSE file system: requests come out of it, replies go into it. */
final class FuseDevice {
  private static final String DEVICE = "/dev/fuse";
  private static final int MAX_DATA = 1 << 20;
  private static final int LONGEST_REQUEST = MAX_DATA + 4096;
  private static final int REPLY_HEADER = 16;

  private static final int ASYNC_READ = 1;
  private static final int BIG_WRITES = 1 << 5;
  private static final int ASYNC_DIO = 1 << 15;
  private static final int MAX_PAGES = 1 << 22;

  private final int fd;
  private final Path mountPoint;
  private final ByteBuffer in =
      ByteBuffer.allocateDirect(LONGEST_REQUEST).order(ByteOrder.nativeOrder());

  private FuseDevice(int fd, Path mountPoint) {
    this.fd = fd;
    this.mountPoint = mountPoint;
  }

  /** Mounts a file system; its requests wait until they are read here. */
  static FuseDevice mount(Path mountPoint) throws IOException {
    int fd = Fd.open(DEVICE, OpenFlags.RDWR | OpenFlags.CLOEXEC);
    try {
      Mounts.mount(
          "sanlockd-fault",
          mountPoint,
          "fuse",
          "fd=" + fd + ",rootmode=40000,user_id=0,group_id=0,allow_other,max_read=" + MAX_DATA);
    } catch (IOException e) {
      Fd.close(fd);
      throw e;
    }
    return new FuseDevice(fd, mountPoint);
  }

  void unmount() throws IOException {
    Mounts.detach(mountPoint);
  }

  /** Waits for the next request; nothing when the file system is gone. */
  Optional<FuseRequest> next() throws IOException {
    while (true) {
      in.clear();
      int count = Fd.read(fd, in);
      if (count >= 0) {
        return Optional.of(FuseRequest.of(in.flip()));
      }
      if (count == -Errno.ENODEV) {
        return Optional.empty();
      }
      // ENOENT: the request was interrupted before we saw it.
      if (count != -Errno.ENOENT) {
        throw new PosixException("read", DEVICE, -count);
      }
    }
  }

  /** The answer to INIT: what this file system is able to do. */
  void replyInit(FuseRequest request) throws IOException {
    ByteBuffer out = body(64);
    out.putInt(7).putInt(31).putInt(0);
    out.putInt(ASYNC_READ | BIG_WRITES | ASYNC_DIO | MAX_PAGES);
    out.putShort((short) 64).putShort((short) 64);
    out.putInt(MAX_DATA).putInt(1).putShort((short) (MAX_DATA / 4096));
    reply(request.unique(), out.clear());
  }

  /** Answers with a negative errno or, for 0, with success without content. */
  void replyResult(long unique, int result) throws IOException {
    send(unique, result, body(0));
  }

  void reply(long unique, ByteBuffer body) throws IOException {
    send(unique, 0, body);
  }

  /** Closes our end when the last reply is sent: the kernel fails what is still unanswered. */
  void close() {
    Fd.close(fd);
  }

  static ByteBuffer body(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
  }

  private void send(long unique, int result, ByteBuffer body) throws IOException {
    int length = REPLY_HEADER + body.remaining();
    ByteBuffer out = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    out.putInt(length).putInt(result).putLong(unique).put(body).flip();
    int count = Fd.write(fd, out);
    // ENOENT: nobody waits for the answer any more; ENODEV: unmounted.
    if (count < 0 && count != -Errno.ENOENT && count != -Errno.ENODEV) {
      throw new PosixException("write", DEVICE, -count);
    }
  }
}
