package io.sanlockd.daemon.loop;

import static io.sanlockd.daemon.loop.LoopFixture.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.loop.TestHandler.Ended;
import io.sanlockd.model.testing.Skip;
import io.sanlockd.posix.Fd;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrowdTest {
  @TempDir Path directory;

  @Test
  void twentyBadClientsDoNotKeepAGoodOneFromItsReplies() throws Exception {
    Limits patient = new Limits(100, 1 << 20, 4 << 20, 60_000, 60_000, 60_000, 1 << 20, 100);
    List<Client> bad = new ArrayList<>();
    try (LoopFixture fixture = new LoopFixture(directory, patient);
        Client good = fixture.connect()) {
      for (int i = 0; i < 20; i++) {
        Client client = fixture.connect();
        bad.add(client);
        client.send(badBytes(i % 5));
      }
      for (int i = 0; i < 2000; i++) {
        assertThat(good.roundTrip(i)).isEqualTo(i);
      }
      fixture.awaitRounds(5);
      long turns = fixture.loop.turns();
      fixture.awaitRounds(20);
      assertThat(fixture.loop.turns() - turns).isLessThan(60);
    } finally {
      closeAll(bad);
    }
  }

  @Test
  void threeThousandIdleConnectionsCostNothing() throws Exception {
    Skip.unless(Fd.limit() >= 8000, "needs 8,000 open files, has " + Fd.limit());
    List<Client> idle = new ArrayList<>();
    try (LoopFixture fixture = new LoopFixture(directory, Limits.standard())) {
      for (int i = 0; i < 3000; i++) {
        idle.add(fixture.connect());
      }
      for (int i = 0; i < 3000; i++) {
        assertThat(next(fixture.handler.opened)).isEqualTo(i + 2);
      }
      try (Client client = fixture.connect()) {
        for (int i = 0; i < 1000; i++) {
          assertThat(client.roundTrip(i)).isEqualTo(i);
        }
      }
      assertThat(next(fixture.handler.ended)).isEqualTo(new Ended(3002, End.PEER_CLOSED));
      assertThat(idle.get(2999).roundTrip(1)).isEqualTo(1);
      List<Integer> slots = new ArrayList<>();
      fixture.onLoop(
          () -> {
            fixture.loop.forEachConnection(connection -> slots.add(connection.slot()));
            return null;
          });
      assertThat(slots).hasSize(3000).isSorted();
    } finally {
      closeAll(idle);
    }
  }

  @Test
  void whatElseIsOpenForClientsTakesTheirPlaces() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(5));
        Client first = fixture.connect()) {
      assertThat(first.roundTrip(1)).isEqualTo(1);
      assertThat(full(fixture, 3)).isFalse();
      assertThat(full(fixture, 4)).isTrue();
      try (Client refused = fixture.connect()) {
        refused.send(Client.echo(1, new byte[0]));
        assertThat(refused.atEnd()).isTrue();
      }
      assertThat(fixture.errors).singleElement().asString().contains("client table full");
    }
  }

  private static boolean full(LoopFixture fixture, int besides) throws Exception {
    return fixture.onLoop(
        () -> {
          fixture.loop.countBesides(() -> besides);
          return fixture.loop.isFull();
        });
  }

  @Test
  void oneConnectionTooManyIsRefusedGentlyAndTheLowestFreeSlotIsUsedAgain() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(5))) {
      for (int i = 0; i < 5; i++) {
        clients.add(fixture.connect());
        assertThat(clients.get(i).roundTrip(i)).isEqualTo(i);
      }
      for (int i = 0; i < 10; i++) {
        try (Client refused = fixture.connect()) {
          refused.send(Client.echo(1, new byte[5000]));
          assertThat(refused.atEnd()).isTrue();
        }
      }
      assertThat(fixture.errors).singleElement().asString().contains("client table full");
      assertThat(fixture.handler.opened).containsExactly(2, 3, 4, 5, 6);
      fixture.handler.opened.clear();

      clients.get(3).close();
      clients.get(1).close();
      assertThat(List.of(next(fixture.handler.ended).slot(), next(fixture.handler.ended).slot()))
          .containsExactlyInAnyOrder(5, 3);
      for (int expected : new int[] {3, 5}) {
        Client again = fixture.connect();
        clients.add(again);
        assertThat(again.roundTrip(1)).isEqualTo(1);
        assertThat(next(fixture.handler.opened)).isEqualTo(expected);
      }
    } finally {
      closeAll(clients);
    }
  }

  @Test
  void hundredsOfRefusedConnectionsNeverHaveMoreThanAFewDescriptors() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(1))) {
      for (int i = 0; i < 200; i++) {
        clients.add(fixture.connect());
      }
      for (int i = 1; i < 200; i++) {
        assertThat(clients.get(i).atEnd()).isTrue();
      }
      assertThat(clients.get(0).roundTrip(1)).isEqualTo(1);
      assertThat(fixture.handler.opened).hasSize(1);
    } finally {
      closeAll(clients);
    }
  }

  @Test
  void someDescriptorsAreKeptForEverythingElse() {
    assertThat(Limits.standard().withinDescriptors(1024).connections()).isEqualTo(768);
    assertThat(Limits.standard().withinDescriptors(100).connections()).isEqualTo(2);
    assertThat(Limits.standard().withinDescriptors(Long.MAX_VALUE)).isEqualTo(Limits.standard());
  }

  @Test
  void requestsThatDoNotFitIntoMemoryWaitWhileSmallOnesGoOn() throws Exception {
    int large = 1 << 20;
    Limits tight = new Limits(100, large, 2L * large, 60_000, 200, 10_000, 1 << 20, 100);
    List<Client> clients = new ArrayList<>();
    try (LoopFixture fixture = new LoopFixture(directory, tight)) {
      for (int i = 0; i < 4; i++) {
        Client client = fixture.connect();
        clients.add(client);
        client.send(Client.command(TestHandler.REGISTER));
        ByteBuffer message = Client.echo(i, new byte[large]);
        client.channel.configureBlocking(false);
        // As much as the loop and the socket take of all but the last byte.
        ByteBuffer most = message.slice(0, message.remaining() - 1);
        pushUntilStuck(fixture, client, most);
      }
      try (Client small = fixture.connect()) {
        for (int i = 0; i < 100; i++) {
          assertThat(small.roundTrip(i)).isEqualTo(i);
        }
      }
      long turns = fixture.loop.turns();
      fixture.awaitRounds(20);
      assertThat(fixture.loop.turns() - turns).isLessThan(100);
      // The dead give their memory back; a request begun afterwards is served whole.
      closeAll(clients);
      for (int i = 0; i < 4; i++) {
        assertThat(next(fixture.handler.ended)).isNotNull();
      }
      try (Client client = fixture.connect()) {
        ByteBuffer message = Client.echo(9, new byte[large]);
        Thread sender = new Thread(() -> sendUnchecked(client, message));
        sender.start();
        assertThat(client.reply().header().sequence()).isEqualTo(9);
        sender.join();
      }
    } finally {
      closeAll(clients);
    }
  }

  /** The child JVM: a loop that must live with few descriptors. */
  static final class FewDescriptors {
    private FewDescriptors() {}

    public static void main(String[] arguments) throws Exception {
      LoopLog log =
          new LoopLog() {
            @Override
            public void error(String message) {
              System.out.println(message);
            }

            @Override
            public void debug(String message) {}
          };
      Limits limits = new Limits(1000, 1 << 20, 4 << 20, 60_000, 200, 10_000, 1 << 20, 100);
      try (Listener listener = Listener.bind(Path.of(arguments[0]), -1, -1);
          EventLoop loop = new EventLoop(limits, log)) {
        loop.listen(listener.fd(), TestHandler::required, new TestHandler());
        System.out.println("ready");
        long[] rounds = new long[1];
        loop.run(
            () -> {
              // The parent's end of the output closes when the test is over.
              System.out.println("turns " + loop.turns() + " round " + rounds[0]++);
              if (System.out.checkError()) {
                loop.stop();
              }
              return 20;
            });
      }
    }
  }

  @Test
  void withoutDescriptorsAcceptingPausesInsteadOfSpinningAndGoesOnLater() throws Exception {
    Path path = directory.resolve("child.sock");
    Process child =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -n 100; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FewDescriptors.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Client> clients = new ArrayList<>();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      awaitLine(output, "ready");
      try (Client first = Client.connect(path)) {
        // Loads every class a request needs: that takes descriptors too.
        assertThat(first.roundTrip(0)).isZero();
      }
      for (int i = 0; i < 150; i++) {
        clients.add(Client.connect(path));
      }
      assertThat(awaitLine(output, "accept")).contains("EMFILE");
      long before = turns(awaitLine(output, "turns"));
      for (int i = 0; i < 19; i++) {
        awaitLine(output, "turns");
      }
      assertThat(turns(awaitLine(output, "turns")) - before).isLessThan(200);
      assertThat(clients.get(0).roundTrip(1)).isEqualTo(1);
      closeAll(clients.subList(0, 140));
      assertThat(clients.get(149).roundTrip(2)).isEqualTo(2);
    } finally {
      closeAll(clients);
      child.destroyForcibly();
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static long turns(String line) {
    return Long.parseLong(line.split(" ", -1)[1]);
  }

  private static String awaitLine(BufferedReader output, String start) throws IOException {
    String line;
    do {
      line = output.readLine();
      assertThat(line).as("output until " + start).isNotNull();
    } while (!line.startsWith(start));
    return line;
  }

  private static ByteBuffer badBytes(int kind) {
    return switch (kind) {
      case 0 -> ByteBuffer.wrap(new byte[] {0x10, 0x20, 0x28});
      case 1 -> Client.message(TestHandler.ECHO, Integer.MAX_VALUE, 0, new byte[0]);
      case 2 -> ByteBuffer.allocate(32);
      case 3 -> Client.message(TestHandler.ECHO, 10_000, 0, new byte[9_999]);
      default -> Client.command(TestHandler.STREAM);
    };
  }

  private static void pushUntilStuck(LoopFixture fixture, Client client, ByteBuffer bytes)
      throws Exception {
    int emptyTurns = 0;
    while (bytes.hasRemaining() && emptyTurns < 5) {
      emptyTurns = client.channel.write(bytes) > 0 ? 0 : emptyTurns + 1;
      fixture.awaitRounds(1);
    }
  }

  private static void sendUnchecked(Client client, ByteBuffer bytes) {
    try {
      client.send(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void closeAll(List<Client> clients) throws IOException {
    for (Client client : clients) {
      client.close();
    }
  }
}
