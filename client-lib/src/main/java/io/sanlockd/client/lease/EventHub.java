package io.sanlockd.client.lease;

import io.sanlockd.client.EventChannel;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.EventMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;

/**
 * Receives the events of other hosts: one channel and one thread for each lockspace that somebody
 * here listens to. The daemon repeats an event with every renewal of its sender; here it is told
 * once.
 */
final class EventHub implements AutoCloseable {
  private static final int MAX_WAITING = 64;
  private static final int TIMED_OUT = -110;

  private final SanlockClient client;
  private final Consumer<HostNotice> requests;
  private final Map<String, Channel> channels = new HashMap<>();
  private boolean isClosed;

  /**
   * @param client with a read timeout, after which a channel looks whether it was closed
   * @param requests is told every event, before the subscribers
   */
  EventHub(SanlockClient client, Consumer<HostNotice> requests) {
    this.client = client;
    this.requests = requests;
  }

  /** The events of a lockspace from now on. */
  synchronized Flow.Publisher<HostNotice> publisher(String lockspace) throws SanlockException {
    if (isClosed) {
      throw new IllegalStateException("closed");
    }
    Channel channel = channels.get(lockspace);
    if (channel == null || channel.publisher.isClosed()) {
      LeaseName name = LeaseName.of(LeaseResource.toWire(lockspace));
      channel = new Channel(lockspace, client.registerEvents(name));
      channels.put(lockspace, channel);
      channel.thread.start();
    }
    return channel.publisher;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    channels.values().forEach(Channel::close);
  }

  /** A lockspace that is listened to. */
  private final class Channel {
    private final String lockspace;
    private final EventChannel source;
    private final Repeats repeats = new Repeats();
    private final SubmissionPublisher<HostNotice> publisher =
        new SubmissionPublisher<>(ForkJoinPool.commonPool(), MAX_WAITING);
    private final Thread thread = Notifier.daemonThread("sanlock-host-events", this::run);

    Channel(String lockspace, EventChannel source) {
      this.lockspace = lockspace;
      this.source = source;
    }

    private void run() {
      try (source) {
        while (!publisher.isClosed()) {
          receive();
        }
      } catch (SanlockException e) {
        publisher.closeExceptionally(e);
      } finally {
        publisher.close();
      }
    }

    private void receive() throws SanlockException {
      try {
        EventMessage message = source.next();
        HostNotice notice =
            new HostNotice(
                lockspace,
                message.fromHostId(),
                message.fromGeneration(),
                message.event().event(),
                message.event().data());
        if (repeats.isNew(notice, System.nanoTime())) {
          requests.accept(notice);
          // A subscriber that does not keep up misses events rather than stop the others.
          int unused = publisher.offer(notice, null);
        }
      } catch (SanlockException e) {
        if (e.number() != TIMED_OUT) {
          throw e;
        }
      }
    }

    void close() {
      publisher.close();
      source.close();
    }
  }
}
