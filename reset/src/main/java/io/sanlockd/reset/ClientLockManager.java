package io.sanlockd.reset;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.EventChannel;
import io.sanlockd.client.EventFlag;
import io.sanlockd.client.LockspaceUse;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Errno;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The daemon behind its socket. No call takes longer than a few seconds (then -110). */
final class ClientLockManager implements LockManager {
  private static final long LIMIT_SECONDS = 5;

  private final SanlockClient client;
  private final MainQueue queue;

  ClientLockManager(Endpoint endpoint, MainQueue queue) {
    this.client = new SanlockClient(endpoint.withReadTimeout(LIMIT_SECONDS, TimeUnit.SECONDS));
    this.queue = queue;
  }

  @Override
  public Subscription subscribe(LeaseName lockspace, Listener listener) throws SanlockException {
    Channel channel = new Channel(client.registerEvents(lockspace), listener, queue);
    Thread reader = new Thread(channel::read, "events " + lockspace.text());
    reader.setDaemon(true);
    reader.start();
    return channel;
  }

  @Override
  public void setEvent(LeaseName lockspace, HostEvent event, EventFlag... flags)
      throws SanlockException {
    client.setEvent(lockspace, event, flags);
  }

  @Override
  public List<Host> hosts(LeaseName lockspace, long hostId) throws SanlockException {
    return client.hosts(lockspace, hostId);
  }

  @Override
  public void setConfig(LeaseName lockspace, LockspaceUse use) throws SanlockException {
    client.setConfig(lockspace, use);
  }

  /** A channel with its thread, which reads until the channel ends. */
  private static final class Channel implements Subscription {
    private final EventChannel events;
    private final Listener listener;
    private final MainQueue queue;

    /** Main thread only: what was read before and is still queued is not delivered any more. */
    private boolean over;

    Channel(EventChannel events, Listener listener, MainQueue queue) {
      this.events = events;
      this.listener = listener;
      this.queue = queue;
    }

    void read() {
      while (true) {
        try {
          EventMessage message = events.next();
          deliver(() -> listener.event(message));
        } catch (SanlockException e) {
          if (e.number() != -Errno.ETIMEDOUT) {
            deliver(
                () -> {
                  over = true;
                  events.close();
                  listener.ended(e.number());
                });
            return;
          }
        }
      }
    }

    private void deliver(Runnable task) {
      queue.execute(
          () -> {
            if (!over) {
              task.run();
            }
          });
    }

    @Override
    public boolean end() {
      if (over) {
        return true;
      }
      over = true;
      try {
        events.end();
        return true;
      } catch (SanlockException e) {
        // It is closed all the same, which the daemon notices a little later.
        return e.number() != -Errno.ETIMEDOUT;
      }
    }
  }
}
