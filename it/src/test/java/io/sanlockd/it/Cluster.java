package io.sanlockd.it;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Two hosts, host_id 1 and 2, that joined the lockspace "ls" on one disk. */
final class Cluster {
  static final String LOCKSPACE = "ls";

  final Storage storage;
  final Daemon a;
  final Daemon b;

  private Cluster(Storage storage, Daemon a, Daemon b) {
    this.storage = storage;
    this.a = a;
    this.b = b;
  }

  /**
   * Starts both daemons, initialises the lockspace and one resource "r1" in area 1 and joins both.
   * The first host's program writes the lockspace, the second's the resource.
   */
  static Cluster form(Scene scene, Peers peers, Storage.Kind kind) throws Exception {
    return form(scene, peers, scene.storage(kind, 4));
  }

  /** The same on storage of the caller's choice. */
  static Cluster form(Scene scene, Peers peers, Storage storage) throws Exception {
    Daemon a = scene.daemon(peers.a(), "hostA");
    Daemon b = scene.daemon(peers.b(), "hostB");
    Cluster cluster = new Cluster(storage, a, b);
    Joining.init(a.cli(), storage, "-s", storage.lockspace(LOCKSPACE, 0));
    Joining.init(b.cli(), storage, "-r", cluster.resource());
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> joinUnchecked(a, storage, 1));
    joinUnchecked(b, storage, 2);
    first.join();
    return cluster;
  }

  /** The lease that both want. */
  String resource() {
    return storage.resource(LOCKSPACE, "r1", 1);
  }

  private static void joinUnchecked(Daemon daemon, Storage storage, int hostId) {
    try {
      Joining.join(daemon.cli(), storage.lockspace(LOCKSPACE, hostId));
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }
}
