package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.client.Client;

/** The use of a resource by one process. Main loop only. */
public final class Token {
  private final long id;
  private final Client holder;
  private final Resource resource;
  private final int pid;
  private final boolean persistent;
  private boolean spaceDead;
  private boolean adopted;

  Token(long id, Client holder, Resource resource, boolean persistent) {
    this.id = id;
    this.holder = holder;
    this.resource = resource;
    this.pid = holder.pid();
    this.persistent = persistent;
  }

  /** Unique number, for status and logs. */
  public long id() {
    return id;
  }

  /** Who holds it. */
  public Client holder() {
    return holder;
  }

  /** Pid of the holder when it acquired. */
  public int pid() {
    return pid;
  }

  /** What is held. */
  public Resource resource() {
    return resource;
  }

  /** Whether the lease outlives the process. */
  public boolean persistent() {
    return persistent;
  }

  /** Whether the lockspace has failed or is removed: no more disk I/O for this lease. */
  public boolean spaceDead() {
    return spaceDead;
  }

  /** The lockspace has failed or is being removed. */
  public void markSpaceDead() {
    spaceDead = true;
  }

  /** Whether it took over an orphan, which is one again when the request fails. */
  boolean adopted() {
    return adopted;
  }

  void markAdopted() {
    adopted = true;
  }
}
