package io.sanlockd.daemon.exposition;

import io.sanlockd.posix.Users;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** A place where metrics are served. */
public sealed interface Endpoint {
  /** Begins to listen. */
  ServerSocketChannel open() throws IOException;

  /**
   * A Unix socket for the same users as the daemon's own.
   *
   * @param path an old socket there is replaced, another file is not
   * @param uid owner, -1 to leave it
   * @param gid group, -1 to leave it
   */
  record UnixSocket(Path path, int uid, int gid) implements Endpoint {
    @Override
    public ServerSocketChannel open() throws IOException {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        removeOldSocket();
      }
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        Users.chown(path.toString(), uid, gid);
        return channel;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    private void removeOldSocket() throws IOException {
      var attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isOther()) {
        throw new IOException("there is a file that is no socket");
      }
      Files.delete(path);
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * A port of 127.0.0.1, for every user of this host.
   *
   * @param port 1 to 65535
   */
  record Loopback(int port) implements Endpoint {
    private static final byte[] ADDRESS = {127, 0, 0, 1};

    @Override
    public ServerSocketChannel open() throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
      try {
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port));
        return channel;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    @Override
    public String toString() {
      return "http://127.0.0.1:" + port + HttpHead.PATH;
    }
  }
}
