package io.sanlockd.daemon.world;

import io.sanlockd.daemon.loop.Connection;
import io.sanlockd.daemon.loop.End;
import io.sanlockd.daemon.loop.PushChannel;
import io.sanlockd.daemon.loop.RequestHandler;
import io.sanlockd.model.Check;
import io.sanlockd.posix.UnixSockets.PeerCredentials;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;

/**
 * A connection without a socket: whole requests in, whole replies out, with the rules of {@link
 * Connection} checked.
 */
public final class FakeConnection implements Connection {
  private final RequestHandler handler;
  private final int slot;
  private final PeerCredentials peer;
  private final List<Reply> replies = new ArrayList<>();
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private State state = State.HEADER;
  private boolean registered;
  private boolean peerClosed;
  private boolean processing;
  private int discarded;
  private int silentEnds;
  private Object attachment;
  private FakeChannel channel;

  /** A process connects. */
  public FakeConnection(RequestHandler handler, int slot, int pid) {
    this.handler = handler;
    this.slot = slot;
    this.peer = new PeerCredentials(pid, 0, 0);
    handler.opened(this);
  }

  /** Sends a request; further ones wait until it is answered. */
  public void send(MessageHeader header, byte[] payload) {
    ByteBuffer message =
        ByteBuffer.allocate(MessageHeader.LENGTH + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    header.encode(message);
    waiting.add(message.put(payload).array());
    process();
  }

  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    while (state == State.HEADER && !waiting.isEmpty() && !peerClosed) {
      serve(ByteBuffer.wrap(waiting.remove()).order(ByteOrder.LITTLE_ENDIAN));
    }
    processing = false;
    if (peerClosed && state == State.HEADER) {
      end(End.PEER_CLOSED);
    }
  }

  private void serve(ByteBuffer message) {
    MessageHeader header;
    try {
      header = MessageHeader.decode(message);
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e);
    }
    switch (handler.header(this, header)) {
      case SKIP -> {}
      case CLOSE_GENTLY -> closeGently();
      case ACCEPT -> {
        ByteBuffer payload = message.slice().order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
        payload.order(ByteOrder.LITTLE_ENDIAN);
        int required = PayloadFraming.required(header, payload);
        state = State.SERVING;
        if (required < 0) {
          handler.tooLong(this, header);
        } else if (required > payload.remaining()) {
          handler.cutShort(this, header);
        } else {
          handler.request(this, header, payload.slice(0, required).order(ByteOrder.LITTLE_ENDIAN));
        }
      }
    }
  }

  /** The peer closes. */
  public void disconnect() {
    peerClosed = true;
    if (state == State.SERVING) {
      handler.peerGone(this);
    } else if (state == State.HEADER) {
      end(End.PEER_CLOSED);
    }
  }

  /** All replies so far. */
  public List<Reply> replies() {
    return replies;
  }

  /** The last reply; there must be one. */
  public Reply lastReply() {
    Check.state(!replies.isEmpty(), "no reply");
    return replies.get(replies.size() - 1);
  }

  /** Bytes the daemon wanted to be discarded. */
  public int discarded() {
    return discarded;
  }

  /** Requests that ended without a reply. */
  public int silentEnds() {
    return silentEnds;
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public int fd() {
    return 100 + slot;
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
    reply(List.of(message).iterator());
  }

  @Override
  public void reply(Iterator<ByteBuffer> chunks) {
    answer(chunks, false);
  }

  @Override
  public void replyAndClose(ByteBuffer message) {
    replyAndClose(List.of(message).iterator());
  }

  @Override
  public void replyAndClose(Iterator<ByteBuffer> chunks) {
    answer(chunks, true);
  }

  private void answer(Iterator<ByteBuffer> chunks, boolean close) {
    Check.state(state == State.SERVING || state == State.CLOSED, "no request to answer");
    if (state == State.CLOSED) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (chunks.hasNext()) {
      ByteBuffer chunk = chunks.next();
      byte[] copy = new byte[chunk.remaining()];
      chunk.get(copy);
      bytes.writeBytes(copy);
    }
    replies.add(Reply.of(bytes.toByteArray()));
    state = State.HEADER;
    if (close && !registered) {
      end(End.CLOSED_BY_US);
    } else {
      process();
    }
  }

  @Override
  public void finish() {
    Check.state(state == State.SERVING || state == State.CLOSED, "no request to end");
    if (state == State.SERVING) {
      silentEnds++;
      state = State.HEADER;
      process();
    }
  }

  @Override
  public void closeGently() {
    if (registered && state == State.SERVING) {
      finish();
    } else if (!registered) {
      end(End.CLOSED_BY_US);
    }
  }

  @Override
  public void discardInput(int bytes, int withinMillis) {
    discarded += bytes;
  }

  @Override
  public void close() {
    end(End.CLOSED_BY_US);
  }

  @Override
  public PushChannel replyAndPush(ByteBuffer message, Runnable onEnd) {
    Check.state(!registered && state == State.SERVING, "not to become a channel");
    replies.add(Reply.of(bytes(message)));
    state = State.CLOSED;
    channel = new FakeChannel(onEnd);
    return channel;
  }

  /** What it became after {@link #replyAndPush}. */
  public FakeChannel channel() {
    return channel;
  }

  private static byte[] bytes(ByteBuffer message) {
    byte[] copy = new byte[message.remaining()];
    message.duplicate().get(copy);
    return copy;
  }

  /** The peer's end of an event channel. */
  public static final class FakeChannel implements PushChannel {
    private final Runnable onEnd;
    private final List<byte[]> messages = new ArrayList<>();
    private boolean stuck;
    private boolean ended;
    private boolean endNoticed;

    private FakeChannel(Runnable onEnd) {
      this.onEnd = onEnd;
    }

    /** What has arrived so far. */
    public List<byte[]> messages() {
      return messages;
    }

    /** From now on the peer does not read. */
    public void stuck() {
      stuck = true;
    }

    /** The peer closes; the daemon notices at once, or only when it looks. */
    public void end(boolean atOnce) {
      ended = true;
      if (atOnce) {
        endNoticed = true;
        onEnd.run();
      }
    }

    /** Whether the daemon has closed it or knows that it is closed. */
    public boolean closed() {
      return endNoticed;
    }

    @Override
    public boolean send(ByteBuffer message) {
      boolean taken = !stuck && !ended;
      if (taken) {
        messages.add(bytes(message));
      }
      return taken;
    }

    @Override
    public boolean ended() {
      if (ended && !endNoticed) {
        end(true);
      }
      return ended;
    }

    @Override
    public void close() {
      ended = true;
      endNoticed = true;
    }
  }

  private void end(End why) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      handler.ended(this, why);
    }
  }
}
