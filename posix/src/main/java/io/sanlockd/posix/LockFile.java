package io.sanlockd.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The file whose lock makes a daemon the only one of its run directory ({@code protocol.md} 2.3
 * steps 3 and 4): an fcntl write lock on the whole file, which then holds our pid and a newline.
 * The file stays when the lock goes.
 *
 * <p>An fcntl lock is lost as soon as <em>any</em> descriptor of the file is closed in this
 * process: never open the file again while the lock is held, not even to read the pid.
 */
public final class LockFile implements AutoCloseable {
  // Closing a second descriptor of the file would drop the lock this process already has; a channel
  // that merely became unreachable would be closed too.
  private static final Set<FileChannel> NEVER_CLOSED = ConcurrentHashMap.newKeySet();

  private final FileChannel channel;

  private LockFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Creates (mode 0644 less the umask) or opens the file, locks it without waiting and writes our
   * pid.
   *
   * @throws PosixException {@code lockfile setlk error PATH: Resource temporarily unavailable} when
   *     another process, or another object of this one, has the lock; the file is unchanged then
   * @throws IOException when the file cannot be opened or written
   */
  public static LockFile acquire(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
    lock(channel, path);
    try {
      channel.truncate(0);
      byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      ByteBuffer bytes = ByteBuffer.wrap(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return new LockFile(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Gives the lock back; the file stays. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static void lock(FileChannel channel, Path path) throws IOException {
    boolean ours;
    try {
      ours = channel.tryLock(0, Long.MAX_VALUE, false) != null;
    } catch (OverlappingFileLockException e) {
      NEVER_CLOSED.add(channel);
      throw held(path);
    } catch (IOException e) {
      channel.close();
      throw new IOException("lockfile setlk error " + path + ": " + e.getMessage(), e);
    }
    if (!ours) {
      channel.close();
      throw held(path);
    }
  }

  private static PosixException held(Path path) {
    String message = "lockfile setlk error " + path + ": " + Errno.text(Errno.EAGAIN);
    return PosixException.withMessage("fcntl F_SETLK", Errno.EAGAIN, message);
  }
}
