package io.sanlockd.daemon.loop;

import io.sanlockd.daemon.loop.Output.Progress;
import io.sanlockd.model.Check;
import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.UnixSockets.PeerCredentials;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection over a raw descriptor in the epoll set. */
final class ClientConnection implements Connection, Source {
  /** Edge-triggered and nothing asked for: the death of the peer is told once, nothing spins. */
  private static final int ONLY_DEATH = Epoll.ET;

  private static final int DEATH = Epoll.HUP | Epoll.ERR;

  private final Connections all;
  private final int fd;
  private final PeerCredentials peer;
  private final RequestReader requests;
  private final Output output = new Output();
  private State state = State.HEADER;
  private int slot = -1;
  private SourceTable.Registration registration;
  private boolean registered;
  private Object attachment;
  private boolean closeAfterReply;
  private boolean peerGoneTold;
  private boolean starved;
  private boolean busy;
  private long lastDataNanos;

  ClientConnection(Connections all, int fd, PeerCredentials peer) {
    this.all = all;
    this.fd = fd;
    this.peer = peer;
    this.requests = new RequestReader(all.budget, all.framing, all.limits.requestBytes());
    this.lastDataNanos = all.nowNanos();
  }

  /** Begins with its place in the epoll set and in the client table. */
  void begin(SourceTable.Registration place, int index) {
    registration = place;
    slot = index;
    try {
      all.handler.opened(this);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public int fd() {
    return fd;
  }

  @Override
  public PeerCredentials peer() {
    return peer;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void markRegistered() {
    registered = true;
  }

  @Override
  public boolean registered() {
    return registered;
  }

  @Override
  public void attach(Object object) {
    attachment = object;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public void reply(ByteBuffer message) {
    startReply(List.of(message).iterator(), false);
  }

  @Override
  public void reply(Iterator<ByteBuffer> chunks) {
    startReply(chunks, false);
  }

  @Override
  public void replyAndClose(ByteBuffer message) {
    startReply(List.of(message).iterator(), true);
  }

  @Override
  public void replyAndClose(Iterator<ByteBuffer> chunks) {
    startReply(chunks, true);
  }

  @Override
  public void finish() {
    if (mayAnswer()) {
      answered();
      resume();
    }
  }

  @Override
  public void closeGently() {
    all.checkThread();
    if (registered && state == State.SERVING) {
      finish();
    } else if (!registered && state != State.CLOSED) {
      drain();
    }
  }

  @Override
  public void discardInput(int bytes, int withinMillis) {
    Check.argument(bytes >= 0 && withinMillis >= 0, "negative discard");
    requests.discard(bytes, all.nowNanos() + TimeUnit.MILLISECONDS.toNanos(withinMillis));
  }

  @Override
  public void close() {
    all.checkThread();
    end(End.CLOSED_BY_US);
  }

  @Override
  public PushChannel replyAndPush(ByteBuffer message, Runnable onEnd) {
    Check.state(!registered, "a registered connection can not become a channel");
    boolean answering = mayAnswer();
    PushConnection channel = new PushConnection(all, fd, onEnd);
    if (answering) {
      state = State.CLOSED;
      leaveQuietly();
      channel.begin();
      if (!channel.send(message)) {
        channel.close();
      }
    }
    return channel;
  }

  @Override
  public void ready(int events) {
    busy = true;
    starved = false;
    try {
      switch (state) {
        case HEADER, PAYLOAD -> receive(events);
        case SERVING -> noticePeer(events);
        case FLUSHING -> flush();
        case CLOSED -> {}
      }
    } catch (RuntimeException e) {
      fail(e);
    }
    process();
    busy = false;
    settle();
  }

  /** Ends the connection when its peer has been silent for too long. */
  void checkDeadline(long nowNanos) {
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - lastDataNanos);
    if (incomplete() && silentMillis >= all.limits.incompleteMillis()) {
      all.log.debug("client " + slot + " left a request incomplete, closed");
      end(End.TIMEOUT);
    }
  }

  private void receive(int events) {
    int wanted = Math.min(requests.wantedBytes(), Connections.READ_BYTES);
    if (!requests.makeRoom(wanted)) {
      if ((events & DEATH) == 0) {
        starved = true;
      } else {
        end(End.PEER_CLOSED);
      }
      return;
    }
    ByteBuffer bytes = all.readBuffer.clear().limit(wanted);
    int count = Fd.read(fd, bytes);
    if (count > 0) {
      lastDataNanos = all.nowNanos();
      requests.append(bytes.flip());
    } else if (count == 0 && state == State.PAYLOAD) {
      state = State.SERVING;
      requests.cutPayload();
      all.handler.cutShort(this, requests.header());
    } else if (count != -Errno.EAGAIN) {
      end(End.PEER_CLOSED);
    }
  }

  private void noticePeer(int events) {
    if ((events & DEATH) == 0 || peerGoneTold) {
      return;
    }
    peerGoneTold = true;
    try {
      all.handler.peerGone(this);
    } catch (RuntimeException e) {
      // The request is still with whoever serves it; only its answer may end it.
      all.log.error("client " + slot + " failed when its peer was gone: " + e);
    }
  }

  /** Works off requests for as long as they are complete and answered at once. */
  private void process() {
    boolean more = true;
    while (more) {
      try {
        more = step();
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }

  private boolean step() {
    return switch (state) {
      case HEADER -> stepHeader();
      case PAYLOAD -> stepPayload();
      default -> false;
    };
  }

  private boolean stepHeader() {
    if (!requests.headerComplete(all.nowNanos())) {
      return false;
    }
    HeaderDecision decision =
        requests.takeHeader()
            ? all.handler.header(this, requests.header())
            : all.handler.badMagic(this);
    switch (decision) {
      case ACCEPT -> state = State.PAYLOAD;
      case SKIP -> requests.forgetHeader();
      case CLOSE_GENTLY -> {
        requests.forgetHeader();
        closeGently();
      }
    }
    return true;
  }

  private boolean stepPayload() {
    boolean allowed = requests.measurePayload();
    if (!requests.payloadComplete()) {
      return false;
    }
    state = State.SERVING;
    if (allowed) {
      all.handler.request(this, requests.header(), requests.payload());
    } else {
      all.handler.tooLong(this, requests.header());
    }
    return true;
  }

  private boolean mayAnswer() {
    all.checkThread();
    Check.state(state == State.SERVING || state == State.CLOSED, "no request to answer: " + state);
    return state == State.SERVING;
  }

  private void startReply(Iterator<ByteBuffer> chunks, boolean close) {
    if (mayAnswer()) {
      state = State.FLUSHING;
      closeAfterReply = close && !registered;
      output.start(chunks);
      try {
        flush();
      } catch (RuntimeException e) {
        fail(e);
      }
      resume();
    }
  }

  private void flush() {
    Progress progress = output.send(fd, all.sendBuffer);
    if (progress == Progress.MORE) {
      return;
    }
    boolean close = closeAfterReply;
    boolean unreadBytes = requests.hasLeftover();
    answered();
    if (close && progress == Progress.PEER_GONE) {
      end(End.PEER_CLOSED);
    } else if (close) {
      closeUnlessMoreCame(unreadBytes);
    }
  }

  /** Closing with unread bytes would turn the end of stream after our reply into an error. */
  private void closeUnlessMoreCame(boolean unreadBytes) {
    int count = unreadBytes ? 1 : Fd.read(fd, all.readBuffer.clear());
    if (count > 0) {
      drain();
    } else {
      end(count == 0 ? End.PEER_CLOSED : End.CLOSED_BY_US);
    }
  }

  /** The request is over. */
  private void answered() {
    requests.finish();
    closeAfterReply = false;
    state = State.HEADER;
  }

  /** For the handler the connection ends here; the descriptor is closed when its peer is silent. */
  private void drain() {
    leave(End.CLOSED_BY_US);
    all.drain(fd);
  }

  /** Goes on with bytes that have already been read, unless a caller further up does. */
  private void resume() {
    if (!busy) {
      busy = true;
      process();
      busy = false;
      settle();
    }
  }

  private void fail(RuntimeException e) {
    all.log.error("client " + slot + " failed in " + state + ": " + e);
    if (!registered) {
      end(End.FAILED);
    } else if (state == State.SERVING || state == State.FLUSHING) {
      output.drop();
      answered();
    } else if (state != State.CLOSED) {
      requests.forgetHeader();
      state = State.HEADER;
    }
  }

  private boolean incomplete() {
    return !registered
        && (state == State.PAYLOAD || (state == State.HEADER && requests.hasLeftover()));
  }

  /** Brings everything outside in line with the state: epoll interest, deadlines, waiting list. */
  private void settle() {
    if (state == State.CLOSED) {
      return;
    }
    int wanted =
        switch (state) {
          case HEADER, PAYLOAD -> starved ? ONLY_DEATH : Epoll.IN;
          case FLUSHING -> Epoll.OUT;
          default -> ONLY_DEATH;
        };
    registration.interest(wanted);
    all.setTimed(this, incomplete());
    all.setStarved(this, starved);
  }

  private void end(End end) {
    if (state != State.CLOSED) {
      leave(end);
      Fd.close(fd);
    }
  }

  private void leave(End end) {
    state = State.CLOSED;
    try {
      all.handler.ended(this, end);
    } catch (RuntimeException e) {
      all.log.error("client " + slot + " failed at its end: " + e);
    } finally {
      leaveQuietly();
    }
  }

  private void leaveQuietly() {
    registration.remove();
    all.forget(this);
    requests.clear();
    output.drop();
  }
}
