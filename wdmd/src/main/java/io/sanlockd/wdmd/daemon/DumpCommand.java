package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Poll;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** {@code wdmd --dump}: prints the debug text of the running daemon (wdmd.md 7). */
final class DumpCommand {
  private static final int EXIT_FAILURE = 1;
  private static final long CONNECT_NANOS = 5 * MachineClock.SECOND_NANOS;
  private static final int FIRST_MILLIS = 10_000;

  /** The text has no frame: it is over when nothing follows. */
  private static final int QUIET_MILLIS = 200;

  private DumpCommand() {}

  /** Runs it; the exit status, 1 and no word if there is no daemon. */
  static int run(Path socket, PrintStream stdout) {
    int fd;
    try {
      fd = UnixSockets.connect(socket.toString(), CONNECT_NANOS);
    } catch (PosixException e) {
      return EXIT_FAILURE;
    }
    WdmdMessage request = WdmdMessage.allocate();
    request.begin(WdmdCommand.DUMP_DEBUG);
    boolean any = Fd.send(fd, request.buffer()) == WdmdMessage.BYTES && print(fd, stdout);
    Fd.close(fd);
    return any ? 0 : EXIT_FAILURE;
  }

  private static boolean print(int fd, PrintStream stdout) {
    ByteBuffer text = ByteBuffer.allocateDirect(ServerLoop.DUMP_BYTES);
    int millis = FIRST_MILLIS;
    while (text.hasRemaining() && (Poll.once(fd, Poll.IN, millis) & Poll.IN) != 0) {
      if (Fd.read(fd, text) <= 0) {
        break;
      }
      millis = QUIET_MILLIS;
    }
    byte[] bytes = new byte[text.flip().remaining()];
    text.get(bytes);
    stdout.write(bytes, 0, bytes.length);
    stdout.flush();
    return bytes.length > 0;
  }
}
