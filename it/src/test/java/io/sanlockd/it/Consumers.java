package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.LibraryClient.Lease;
import java.time.Duration;

/** What the replays of consumers have in common (consumers.md 12). */
final class Consumers {
  /** Of every lockspace of a consumer, in seconds. */
  static final int IO_TIMEOUT = 2;

  /** A lockspace has failed so long after its last renewal. */
  static final int FAIL_SECONDS = 8 * IO_TIMEOUT;

  /** A host is dead so long after its last renewal. */
  static final int DEAD_SECONDS = FAIL_SECONDS + 60;

  /** For conditions that come after no more than a few renewals. */
  static final Duration SOON = Duration.ofSeconds(60);

  /** Formats of areas: 512-byte sectors, 1 MiB. */
  static final int SIZES = 0x110;

  static final String LS = "ls";

  private Consumers() {}

  /** Writes and joins a lockspace in the first area of the storage. */
  static void join(LibraryClient client, Storage storage, int hostId) throws Exception {
    assertThat(client.writeLockspace(LS, storage.path(), 0)).isZero();
    assertThat(client.add(LS, hostId, storage.path(), 0)).isZero();
  }

  /** Writes a lease in an area. */
  static Lease lease(LibraryClient client, Storage storage, String name, int area)
      throws Exception {
    Lease lease = Lease.at(storage, LS, name, area);
    assertThat(client.write(lease)).isZero();
    return lease;
  }

  /** Waits until a host knows the state of another. */
  static void awaitHost(LibraryClient client, int hostId, int state) throws Exception {
    Await.until(
        "host " + hostId + " has state " + state,
        SOON,
        () -> {
          var hosts = client.hosts(LS, hostId, 0).getAsJsonArray("hosts");
          return hosts.size() == 1
              && hosts.get(0).getAsJsonObject().get("flags").getAsInt() == state;
        });
  }
}
