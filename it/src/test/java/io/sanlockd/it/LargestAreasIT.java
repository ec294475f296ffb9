package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Areas of 8 MiB, as on disks with sectors of 4096 bytes, are read by many workers at once. */
class LargestAreasIT {
  private static final Geometry GEOMETRY = Geometry.S4096_A8M;
  private static final LeaseName SPACE = LeaseName.of("large");
  private static final int IO_TIMEOUT_SECONDS = 5;
  private static final int CLIENTS = 2;
  private static final int LEASES_OF_A_CLIENT = 8;
  private static final int LEASES = CLIENTS * LEASES_OF_A_CLIENT;
  private static final int TIMES = 3;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void theirMemoryIsNotLimitedByTheHeap() throws Exception {
    Storage storage =
        scene.storage(Storage.Kind.FILE, (1 + LEASES) * (GEOMETRY.alignSize() / Storage.AREA));
    Daemon daemon = scene.daemon(Implementation.JAVA, "large", "-t", Integer.toString(LEASES));
    SanlockClient client =
        new SanlockClient(Endpoint.ofRunDirectory(daemon.runDirectory().toString()));
    Lockspace lockspace = new Lockspace(SPACE, 1, GEOMETRY.apiFlags(), disk(storage, 0));
    client.writeLockspace(lockspace, IO_TIMEOUT_SECONDS);
    List<List<Resource>> leases = new ArrayList<>();
    for (int i = 0; i < LEASES; i++) {
      Resource lease =
          Resource.on(SPACE, LeaseName.of("lease" + i), List.of(disk(storage, 1 + i)))
              .withFlags(GEOMETRY.apiFlags());
      client.writeResource(lease, 0);
      if (i % LEASES_OF_A_CLIENT == 0) {
        leases.add(new ArrayList<>());
      }
      leases.get(i / LEASES_OF_A_CLIENT).add(lease);
    }
    client.addLockspace(lockspace, IO_TIMEOUT_SECONDS);

    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> running = new ArrayList<>();
    for (List<Resource> own : leases) {
      running.add(threads.submit(() -> acquireAndRelease(client, own)));
    }
    for (Future<?> one : running) {
      one.get();
    }
    threads.shutdown();

    assertThat(daemon.isAlive()).isTrue();
  }

  private static Disk disk(Storage storage, int area) {
    return new Disk(storage.path().toString(), (long) area * GEOMETRY.alignSize());
  }

  private static Void acquireAndRelease(SanlockClient client, List<Resource> leases)
      throws Exception {
    try (RegisteredClient holder = client.register()) {
      for (int i = 0; i < TIMES; i++) {
        holder.acquire(leases, Options.NONE);
        holder.release(leases);
      }
    }
    return null;
  }
}
