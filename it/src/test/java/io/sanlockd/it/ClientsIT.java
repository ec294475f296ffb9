package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.sanlockd.model.testing.Skip;
import io.sanlockd.posix.Fd;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Command lines and libraries of one implementation against daemons of the other. */
class ClientsIT {
  private static final String LS = Cluster.LOCKSPACE;
  private static final int IDLE = 10_000;
  private static final int REGISTER = 1;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final Scene scene = new Scene();

  /** The first of the peers is the daemon, the second the client. */
  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void commandLineLeadsALeaseThroughItsLife(Peers peers) throws Exception {
    Daemon daemon = scene.daemon(peers.a(), "host");
    Cli cli = daemon.cli(peers.b());
    Storage storage = scene.storage(Storage.Kind.FILE, 4);
    String lockspace = storage.lockspace(LS, 1);
    String resource = storage.resource(LS, "r1", 1);
    assertThat(cli.client("inq_lockspace", "-s", lockspace).done()).isEqualTo(-2);
    assertThat(cli.client("add_lockspace", "-s", lockspace, "-o", "1").done()).isEqualTo(-223);
    Joining.init(cli, storage, "-s", storage.lockspace(LS, 0));
    Joining.init(cli, storage, "-r", resource);
    Joining.join(cli, lockspace);

    assertThat(cli.client("inq_lockspace", "-s", lockspace).done()).isZero();
    assertThat(cli.client("add_lockspace", "-s", lockspace, "-o", "1").done()).isEqualTo(-17);
    assertThat(cli.client("read", "-s", LS + ":1:" + storage.path() + ":0").succeeded().out())
        .isEqualTo("s " + lockspace + "\n");
    assertThat(cli.client("gets").succeeded().out()).isEqualTo("s " + lockspace + " \n");

    Holder holder = scene.holder(cli, resource);
    Holder other = scene.holder(cli);
    assertThat(cli.client("read", "-r", resource).succeeded().out())
        .isEqualTo("r " + resource + ":1\n");
    assertThat(holder.inquire(cli).out()).contains("\"" + resource + ":1\"");
    assertThat(cli.client("status").succeeded().out())
        .contains("daemon host\n", "\np -1 helper\n", "\np -1 listener\n", "\np -1 status\n")
        .contains("\ns " + lockspace + "\n")
        .contains("\nr " + resource + ":1 p " + holder.pid() + "\n");
    assertThat(other.acquire(cli, resource)).isEqualTo(-17);
    assertThat(other.release(cli, resource)).isEqualTo(-1);
    assertThat(holder.release(cli, resource)).isZero();
    assertThat(other.acquire(cli, resource)).isZero();
    assertThat(other.inquire(cli).out()).contains("\"" + resource + ":2\"");
    assertThat(cli.client("acquire", "-r", resource, "-p", "1").done()).isEqualTo(-3);

    Command.Result shutdown = cli.client("shutdown", "-w", "1");
    assertThat(shutdown.done()).isEqualTo(-16);
    other.kill9();
    assertThat(cli.client("rem_lockspace", "-s", lockspace).done()).isZero();
    assertThat(cli.client("inq_lockspace", "-s", lockspace).done()).isEqualTo(-2);
    assertThat(holder.acquire(cli, resource)).isEqualTo(-28);
    assertThat(cli.client("shutdown", "-w", "1").done()).isZero();
    assertThat(daemon.awaitExit(Duration.ofSeconds(10))).isZero();
  }

  @Test
  void tenThousandIdleClientsAreHeldAndForgotten() throws Exception {
    Skip.unless(Fd.limit() >= 12_000, "needs 12,000 open files, has " + Fd.limit());
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Cli cli = daemon.cli(Implementation.JAVA);
    UnixDomainSocketAddress socket =
        UnixDomainSocketAddress.of(daemon.runDirectory().resolve("sanlock.sock"));
    List<SocketChannel> idle = new ArrayList<>();
    try {
      while (idle.size() < IDLE) {
        SocketChannel channel = SocketChannel.open(socket);
        idle.add(channel);
        channel.write(Wire.header(REGISTER));
      }
      String registered = "p " + ProcessHandle.current().pid() + " ";
      Await.until("all are registered", LIMIT, () -> connections(cli, registered) == IDLE);
      assertThat(cli.client("version").succeeded().out()).contains("daemon version 3.8.5");
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
    // The helper, the listener and whoever asks.
    Await.until("all are forgotten", LIMIT, () -> connections(cli, "p ") == 3);
  }

  private static long connections(Cli cli, String start) throws Exception {
    String status = cli.client("status").succeeded().out();
    return status.lines().filter(line -> line.startsWith(start)).count();
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void commandRunsTheProgramInItsPlaceWithExitStatusAndCleanOutput(Peers peers) throws Exception {
    Daemon daemon = scene.daemon(peers.a(), "host");
    Cli cli = daemon.cli(peers.b());
    Command.Result result =
        cli.client("command", "-c", "/bin/sh", "-c", "echo $$ \"$0\"; exit 7", "a  b");
    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.out()).matches("\\d+ a  b\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void pythonBindingOfTheCLibraryLeadsALeaseThroughItsLife() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, 4);
    PythonClient script = scene.python(daemon, "life.py", storage.path());
    JsonObject seen = script.result(Duration.ofSeconds(60));

    JsonObject lockspace = seen.getAsJsonObject("read_lockspace");
    assertThat(lockspace.get("lockspace").getAsString()).isEqualTo(LS);
    assertThat(lockspace.get("iotimeout").getAsInt()).isEqualTo(1);
    JsonObject resource = seen.getAsJsonObject("read_resource");
    assertThat(resource.get("resource").getAsString()).isEqualTo("r1");
    assertThat(resource.get("version").getAsInt()).isZero();

    assertThat(seen.get("inq_before").getAsBoolean()).isFalse();
    assertThat(seen.get("inq_joined").getAsBoolean()).isTrue();
    assertThat(seen.get("inq_after").getAsBoolean()).isFalse();
    JsonObject joined = only(seen, "lockspaces");
    assertThat(joined.get("lockspace").getAsString()).isEqualTo(LS);
    assertThat(joined.get("host_id").getAsInt()).isEqualTo(1);
    assertThat(joined.get("flags").getAsInt()).isZero();
    JsonObject host = only(seen, "host");
    assertThat(host.get("generation").getAsInt()).isEqualTo(1);
    assertThat(host.get("io_timeout").getAsInt()).isEqualTo(1);

    for (String held : new String[] {"held_by_fd", "held_by_pid"}) {
      assertThat(only(seen, held).get("resource").getAsString()).isEqualTo("r1");
      assertThat(only(seen, held).get("version").getAsInt()).isEqualTo(1);
    }
    assertThat(seen.get("second_acquire").getAsInt()).isEqualTo(17);
    assertThat(seen.get("acquire_missing").getAsInt()).isEqualTo(-223);
    assertThat(seen.getAsJsonArray("held_after")).isEmpty();
  }

  private static JsonObject only(JsonObject seen, String name) {
    JsonArray array = seen.getAsJsonArray(name);
    assertThat(array).as(name).hasSize(1);
    return array.get(0).getAsJsonObject();
  }
}
