package io.sanlockd.wdmd.client;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Poll;
import io.sanlockd.posix.UnixSockets;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import java.nio.file.Path;

/** The other end of one connection, played by the test step by step on its own thread. */
final class ScriptedWdmd implements AutoCloseable {
  private static final int WAIT_MILLIS = 30_000;

  private final int listener;
  private int peer = -1;
  private final WdmdMessage message = WdmdMessage.allocate();

  ScriptedWdmd(Path socket) throws Exception {
    listener = UnixSockets.listen(socket.toString(), 1);
  }

  void accept() {
    Poll.once(listener, Poll.IN, WAIT_MILLIS);
    peer = UnixSockets.accept(listener);
    if (peer < 0) {
      throw new IllegalStateException("accept " + peer);
    }
  }

  /** The next message, complete. */
  WdmdMessage receive() {
    message.buffer().clear();
    while (message.buffer().hasRemaining()) {
      int count = Fd.read(peer, message.buffer());
      if (count == -Errno.EAGAIN) {
        Poll.once(peer, Poll.IN, WAIT_MILLIS);
      } else if (count <= 0) {
        throw new IllegalStateException("read " + count);
      }
    }
    return message;
  }

  /** Whether something waits to be received. */
  boolean hasMore() {
    return (Poll.once(peer, Poll.IN, 0) & Poll.IN) != 0;
  }

  /** Sends the first bytes of a reply. */
  void reply(WdmdCommand command, int testInterval, int fireTimeout, long keepalive, int bytes) {
    message.begin(command);
    message.testIntervalSeconds(testInterval);
    message.fireTimeoutSeconds(fireTimeout);
    message.lastKeepalive(keepalive);
    message.buffer().limit(bytes);
    Fd.send(peer, message.buffer());
  }

  void reply(WdmdCommand command, int testInterval, int fireTimeout, long keepalive) {
    reply(command, testInterval, fireTimeout, keepalive, WdmdMessage.BYTES);
  }

  /** Sends the rest of the last reply. */
  void replyRest(int from) {
    message.buffer().limit(WdmdMessage.BYTES).position(from);
    Fd.send(peer, message.buffer());
  }

  void hangUp() {
    Fd.close(peer);
    peer = -1;
  }

  @Override
  public void close() {
    if (peer >= 0) {
      Fd.close(peer);
    }
    Fd.close(listener);
  }
}
