package io.sanlockd.bench;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A daemon that has joined a lockspace with leases of its own on the shared storage. */
final class Stand implements AutoCloseable {
  /** Leases of each daemon. */
  static final int LEASES = 8;

  /** Of all lockspaces. */
  static final int IO_TIMEOUT_SECONDS = 2;

  private final Site site;
  private final Program program;
  private final DaemonProcess daemon;
  private final Lockspace lockspace;
  private final List<Resource> leases = new ArrayList<>();

  private Stand(Site site, Program program, DaemonProcess daemon, Storage storage) {
    this.site = site;
    this.program = program;
    this.daemon = daemon;
    int first = firstArea(program);
    String name = "bench-" + program.label();
    this.lockspace = storage.lockspace(name, 1, first);
    for (int i = 1; i <= LEASES; i++) {
      leases.add(storage.lease(name, "lease" + i, first + i));
    }
  }

  /** Areas that the stands of all programs use on one storage. */
  static int areas() {
    return Program.values().length * (1 + LEASES);
  }

  private static int firstArea(Program program) {
    return program == Program.C ? 0 : 1 + LEASES;
  }

  /**
   * Starts a daemon, initialises its areas and joins.
   *
   * @param name of the daemon's host
   * @param options further ones of the daemon
   */
  static Stand start(Site site, Program program, Storage storage, String name, String... options)
      throws IOException, SanlockException {
    DaemonProcess daemon = site.daemon(program, name, options);
    try {
      Stand stand = new Stand(site, program, daemon, storage);
      stand.join();
      return stand;
    } catch (SanlockException e) {
      daemon.close();
      throw e;
    }
  }

  private void join() throws SanlockException {
    client().writeLockspace(lockspace, IO_TIMEOUT_SECONDS);
    for (Resource lease : leases) {
      client().writeResource(lease, 0);
    }
    client().addLockspace(lockspace, IO_TIMEOUT_SECONDS);
  }

  Site site() {
    return site;
  }

  Program program() {
    return program;
  }

  DaemonProcess daemon() {
    return daemon;
  }

  SanlockClient client() {
    return daemon.client();
  }

  /** One of its leases, 0..7. */
  Resource lease(int index) {
    return leases.get(index);
  }

  List<Resource> leases() {
    return leases;
  }

  @Override
  public void close() {
    daemon.close();
  }
}
