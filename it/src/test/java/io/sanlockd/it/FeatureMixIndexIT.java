package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.LibraryClient.Lease;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A resource index that two hosts use, whoever wrote their daemons (rindex.md). */
@Execution(ExecutionMode.CONCURRENT)
class FeatureMixIndexIT {
  private static final int ENOENT = -2;
  private static final int OWNED = -243;

  /** The index, its lease, and then the leases that it names. */
  private static final int INDEX_AREA = 2;

  private static final int FIRST_AREA = INDEX_AREA + 2;
  private static final int AREAS = FIRST_AREA + 4;

  @RegisterExtension final Scene scene = new Scene();

  private Cluster cluster;

  static List<Peers> peers() {
    return Peers.all().toList();
  }

  @ParameterizedTest
  @MethodSource("peers")
  void whatOneHostWritesTheOtherReads(Peers peers) throws Exception {
    cluster = Cluster.form(scene, peers, scene.storage(Storage.Kind.FILE, AREAS));
    Daemon a = cluster.a;
    Daemon b = cluster.b;
    assertThat(index(a, "format").done()).isZero();
    assertThat(index(a, "create", "-e", "one").out()).contains("offset " + offset(0));
    assertThat(index(b, "create", "-e", "two").out()).contains("offset " + offset(1));
    assertFound(a, "one", 0);
    assertFound(a, "two", 1);
    assertFound(b, "one", 0);
    assertFound(b, "two", 1);

    LibraryClient onA = registered(a);
    LibraryClient onB = registered(b);
    Lease two = Lease.at(cluster.storage, Cluster.LOCKSPACE, "two", FIRST_AREA + 1);
    assertThat(onA.acquire(0, two)).as("created by the other host").isZero();
    assertThat(onB.acquire(0, two)).isEqualTo(OWNED);
    if (b.implementation() == Implementation.JAVA) {
      assertThat(index(b, "delete", "-e", "two").done()).as("held").isEqualTo(-16);
    }
    assertThat(onA.release(two)).isZero();

    assertThat(index(b, "delete", "-e", "one").done()).isZero();
    assertThat(index(a, "lookup", "-e", "one").done()).isEqualTo(ENOENT);
    assertThat(index(a, "create", "-e", "three").out()).contains("offset " + offset(0));
    assertFound(b, "three", 0);

    assertThat(index(a, "update", "-z", "1", "-e", "two:" + offset(1)).done()).isZero();
    assertThat(index(b, "lookup", "-e", "two").done()).isEqualTo(ENOENT);
    assertThat(index(b, "update", "-e", "two:" + offset(1)).done()).isZero();
    assertFound(a, "two", 1);
    assertThat(index(b, "update", "-z", "1", "-e", "two:" + offset(1)).done()).isZero();
    assertThat(index(a, "rebuild").done()).isZero();
    assertFound(b, "two", 1);
    assertFound(b, "three", 0);
    assertThat(index(a, "delete", "-e", "three").done()).isZero();
    assertThat(index(b, "rebuild").done()).isZero();
    assertFound(a, "two", 1);
    assertThat(index(a, "lookup", "-e", "three").done()).isEqualTo(ENOENT);
  }

  private Command.Result index(Daemon daemon, String command, String... arguments)
      throws Exception {
    String index =
        Cluster.LOCKSPACE + ":" + cluster.storage.path() + ":" + INDEX_AREA * Storage.AREA;
    String[] all = new String[arguments.length + 3];
    all[0] = command;
    all[1] = "-x";
    all[2] = index;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return daemon.cli(Implementation.C).client(all);
  }

  private void assertFound(Daemon daemon, String name, int entry) throws Exception {
    assertThat(index(daemon, "lookup", "-e", name).out())
        .contains("lookup done 0")
        .contains("offset " + offset(entry));
  }

  private static long offset(int entry) {
    return (long) (FIRST_AREA + entry) * Storage.AREA;
  }

  private LibraryClient registered(Daemon daemon) throws Exception {
    LibraryClient client = scene.library(daemon);
    client.register();
    return client;
  }
}
