package io.sanlockd.reset;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Poll;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/** The socket on which sanlk-resetd is told what to watch, and the thread that reads it. */
final class UpdateSocket implements AutoCloseable {
  static final String PATH = "/run/sanlk-resetd/sanlk-resetd.sock";

  private static final int POLL_MILLIS = 1000;

  private final Path path;
  private final int fd;

  /** One byte more than a message, to know one that is too long. */
  private final ByteBuffer datagram = ByteBuffer.allocateDirect(UpdateMessage.LENGTH + 1);

  private UpdateSocket(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Makes the socket, mode 0660, and its directory, mode 0755, if needed.
   *
   * @throws IOException also when another sanlk-resetd listens there; what a dead one has left is
   *     replaced
   */
  static UpdateSocket bind(Path path) throws IOException {
    Path directory = path.getParent();
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    if (isListening(path.toString())) {
      throw new IOException("another " + SanlkResetd.PROGRAM + " listens at " + path);
    }
    Files.deleteIfExists(path);
    UpdateSocket socket = new UpdateSocket(path, UnixSockets.bindDatagram(path.toString()));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    return socket;
  }

  private static boolean isListening(String path) {
    try {
      Fd.close(UnixSockets.connectDatagram(path));
      return true;
    } catch (PosixException e) {
      return false;
    }
  }

  /** Starts the thread, which gives every datagram to {@code receiver}, a copy each. */
  void start(Consumer<ByteBuffer> receiver) {
    Thread reader = new Thread(() -> read(receiver), "updates");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(Consumer<ByteBuffer> receiver) {
    while (true) {
      int unused = Poll.once(fd, Poll.IN, POLL_MILLIS);
      int count = Fd.read(fd, datagram.clear());
      if (count >= 0) {
        receiver.accept(ByteBuffer.allocate(count).put(datagram.flip()).flip());
      } else if (count != -Errno.EAGAIN) {
        return;
      }
    }
  }

  /** Removes the socket. It stays open, and the thread with it, until the process ends. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
