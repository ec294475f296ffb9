package io.sanlockd.reset;

import io.sanlockd.client.EventFlag;
import io.sanlockd.client.LockspaceUse;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import java.util.List;

/** The local lock manager daemon, as far as resets need it. Main thread only. */
interface LockManager {
  /** Hears the events of a lockspace, on the main thread. */
  interface Listener {
    void event(EventMessage message);

    /** No more events will come: the lockspace or the daemon is gone. */
    void ended(int number);
  }

  /** A lockspace that is listened to. */
  interface Subscription {
    /**
     * Stops listening; the listener hears nothing any more.
     *
     * @return false when the daemon does not answer
     */
    boolean end();
  }

  /** Starts to listen for the events that other hosts send to this one. */
  Subscription subscribe(LeaseName lockspace, Listener listener) throws SanlockException;

  /** Sends an event with our next renewals. */
  void setEvent(LeaseName lockspace, HostEvent event, EventFlag... flags) throws SanlockException;

  /** One host of a lockspace. Empty when the daemon knows none of that number. */
  List<Host> hosts(LeaseName lockspace, long hostId) throws SanlockException;

  /** Marks a lockspace as used from outside, so that it is not left cleanly. */
  void setConfig(LeaseName lockspace, LockspaceUse use) throws SanlockException;
}
