package io.sanlockd.daemon.loop;

import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A push channel over the descriptor of a former connection. */
final class PushConnection implements PushChannel, Source {
  /** What a peer sends as 32 bits before it closes. */
  private static final int DONE = 1;

  private final Connections all;
  private final int fd;
  private final Runnable onEnd;
  private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
  private SourceTable.Registration registration;

  PushConnection(Connections all, int fd, Runnable onEnd) {
    this.all = all;
    this.fd = fd;
    this.onEnd = onEnd;
  }

  /** Joins the epoll set; a descriptor that can not is closed, the channel has ended then. */
  void begin() {
    try {
      registration = all.sources.add(fd, Epoll.IN, this);
      all.pushing(this, true);
    } catch (PosixException e) {
      all.log.error("event channel dropped: " + e.getMessage());
      Fd.close(fd);
    }
  }

  int fd() {
    return fd;
  }

  @Override
  public boolean send(ByteBuffer whole) {
    all.checkThread();
    if (registration == null) {
      return false;
    }
    message.clear().put(whole.duplicate()).flip();
    int sent = Fd.send(fd, message);
    if (sent >= 0 && message.hasRemaining()) {
      // The rest can not be sent before the next message: the stream is of no use any more.
      endedByPeer();
    }
    return sent >= 0 && !message.hasRemaining();
  }

  @Override
  public boolean ended() {
    all.checkThread();
    if (registration != null) {
      ready(Epoll.IN);
    }
    return registration == null;
  }

  @Override
  public void close() {
    all.checkThread();
    if (registration != null) {
      registration.remove();
      registration = null;
      all.pushing(this, false);
      Fd.close(fd);
    }
  }

  @Override
  public void ready(int events) {
    ByteBuffer bytes = all.readBuffer.clear().limit(Integer.BYTES);
    int count = Fd.read(fd, bytes);
    boolean done =
        count == Integer.BYTES && bytes.flip().order(ByteOrder.LITTLE_ENDIAN).getInt() == DONE;
    if (done || (count <= 0 && count != -Errno.EAGAIN)) {
      endedByPeer();
    }
  }

  private void endedByPeer() {
    close();
    onEnd.run();
  }
}
