package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection that is read all the time by a {@link ConnectionWatcher}, so that its end is known
 * at once, also while nothing is asked. The watcher is the only reader: it hands each reply to the
 * thread that waits for it, and can therefore never take one away from it.
 *
 * <p>May be used by several threads; their requests wait for each other, each at most the read
 * timeout of the endpoint. When a reply does not come in time nobody knows what a later one would
 * belong to: from then on every request gives -110 at once, and only closing helps. The end of the
 * connection is still reported.
 */
public final class WatchedConnection implements RequestChannel {
  private static final long WRITE_PAUSE_NANOS = 1_000_000;

  private final ConnectionWatcher watcher;
  private final SocketChannel channel;
  private final long timeoutNanos;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final AtomicReference<Pending> pending = new AtomicReference<>();
  private final ReplyAssembler assembler = new ReplyAssembler();
  private volatile boolean outOfStep;

  /** A request whose reply is awaited. */
  private record Pending(int command, CompletableFuture<Reply> reply) {}

  WatchedConnection(ConnectionWatcher watcher, SocketChannel channel, long timeoutNanos) {
    this.watcher = watcher;
    this.channel = channel;
    this.timeoutNanos = timeoutNanos;
  }

  SocketChannel channel() {
    return channel;
  }

  /**
   * Completes when the connection has ended, with the reason: -1 the daemon closed it (or died), -9
   * it was closed here, -71 the daemon sent something that is no reply, else an errno. Actions
   * attached to it may run on the watcher's thread and must not wait for anything.
   */
  public CompletionStage<Integer> whenEnded() {
    return ended.minimalCompletionStage();
  }

  /** Why it ended, as {@link #whenEnded} says; 0 while it has not. */
  public int endReason() {
    return ended.getNow(0);
  }

  /** Whether requests can still be made: it has not ended, and no reply is overdue. */
  public boolean isUsable() {
    return !outOfStep && !ended.isDone();
  }

  /**
   * Waits for the end.
   *
   * @return whether it ended within the time
   */
  public boolean awaitEnd(long time, TimeUnit unit) throws InterruptedException {
    try {
      Integer unused = ended.get(time, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int send(Request request) {
    turn.lock();
    try {
      if (outOfStep) {
        return TransportException.TIMED_OUT;
      }
      write(request.message());
      return 0;
    } catch (TransportException e) {
      // A part of it may have been sent.
      outOfStep = true;
      return e.number();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Sends a request and waits for the reply, at most the read timeout. An interrupt ends only the
   * wait for an acquire, whose outcome can be undone by closing: the result is then -4 and nothing
   * more can be asked. Other requests are waited for; the interrupt stays pending.
   */
  @Override
  public Reply exchange(Request request) {
    turn.lock();
    try {
      Pending mine = new Pending(request.command().number(), new CompletableFuture<>());
      pending.set(mine);
      // In this order: whoever ends the connection sees our pending request, or we see the end.
      if (ended.isDone()) {
        return Reply.failed(ended.join());
      }
      if (outOfStep) {
        return Reply.failed(TransportException.TIMED_OUT);
      }
      write(request.message());
      return await(mine, canBeUndone(request.command()));
    } catch (TransportException e) {
      outOfStep = true;
      return Reply.failed(e.number());
    } finally {
      pending.set(null);
      turn.unlock();
    }
  }

  /** Whether the outcome can be undone by closing the connection. */
  private static boolean canBeUndone(Command command) {
    return command == Command.ACQUIRE || command == Command.ACQUIRE2;
  }

  private void write(ByteBuffer bytes) throws TransportException {
    long deadlineNanos = System.nanoTime() + timeoutNanos;
    try {
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          if (System.nanoTime() - deadlineNanos >= 0) {
            throw JdkTransport.timedOut(timeoutNanos);
          }
          LockSupport.parkNanos(WRITE_PAUSE_NANOS);
        }
      }
    } catch (IOException e) {
      throw TransportException.of(e);
    }
  }

  private Reply await(Pending mine, boolean interruptible) throws TransportException {
    long deadlineNanos = System.nanoTime() + timeoutNanos;
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return mine.reply.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          wasInterrupted = true;
          if (interruptible) {
            throw JdkTransport.interrupted();
          }
        } catch (TimeoutException e) {
          throw JdkTransport.timedOut(timeoutNanos);
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Bytes arrived; on the watcher's thread. */
  void received(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        Optional<ReplyAssembler.Answer> answer = assembler.take(bytes);
        if (answer.isPresent()) {
          deliver(answer.get());
        }
      }
    } catch (ProtocolException e) {
      end(TransportException.PROTOCOL_ERROR);
    }
  }

  private void deliver(ReplyAssembler.Answer answer) throws ProtocolException {
    Pending waiting = pending.get();
    boolean fits = waiting != null && waiting.command == answer.command();
    if (fits && waiting.reply.complete(answer.reply())) {
      return;
    }
    if (!outOfStep) {
      throw new ProtocolException("a reply to command " + answer.command() + " nobody asked for");
    }
  }

  /** Ends the connection for a reason; any thread, the first reason counts. */
  void end(int reason) {
    boolean unused = ended.complete(reason);
    Pending waiting = pending.get();
    if (waiting != null) {
      waiting.reply.complete(Reply.failed(reason));
    }
    try {
      channel.close();
    } catch (IOException e) {
      // See Transport.close.
    }
    watcher.forget(this);
  }

  /** Closes the connection: to the daemon the process behind it has ended. */
  @Override
  public void close() {
    end(TransportException.BAD_DESCRIPTOR);
  }
}
