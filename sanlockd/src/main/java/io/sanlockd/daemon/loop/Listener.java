package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Users;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;

/** The daemon's listening Unix socket ({@code protocol.md} 2.2). The caller holds the lock file. */
public final class Listener implements AutoCloseable {
  /** Longest path in bytes; longer ones are cut by daemon and clients alike. */
  public static final int MAX_PATH_BYTES = 106;

  private static final int BACKLOG = 512;

  private final UnixServerSocketChannel channel;

  private Listener(UnixServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Removes an old socket file, binds, sets mode 0660 and owner.
   *
   * @param path socket file, cut to {@value #MAX_PATH_BYTES} bytes
   * @param uid owner, -1 to leave it
   * @param gid group, -1 to leave it
   */
  public static Listener bind(Path path, int uid, int gid) throws IOException {
    Path cut = cut(path);
    Files.deleteIfExists(cut);
    UnixServerSocketChannel channel = UnixServerSocketChannel.open();
    try {
      Fd.setCloseOnExec(channel.getFD(), true);
      channel.configureBlocking(false);
      channel.socket().bind(new UnixSocketAddress(new File(cut.toString())), BACKLOG);
      Files.setPosixFilePermissions(cut, PosixFilePermissions.fromString("rw-rw----"));
      Users.chown(cut.toString(), uid, gid);
      return new Listener(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Non-blocking listening descriptor; it stays ours. */
  public int fd() {
    return channel.getFD();
  }

  /** Stops listening; the socket file stays. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  static Path cut(Path path) {
    String text = path.toString();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_PATH_BYTES) {
      return path;
    }
    int length = MAX_PATH_BYTES;
    while ((bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    return path.getFileSystem().getPath(new String(bytes, 0, length, StandardCharsets.UTF_8));
  }
}
