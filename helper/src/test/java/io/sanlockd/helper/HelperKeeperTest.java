package io.sanlockd.helper;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.helper.HelperMessage.KillPid;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keeper and its helpers as processes. */
@Timeout(120)
class HelperKeeperTest {
  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx8m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          Path.of("target/classes").toAbsolutePath()
              + File.pathSeparator
              + Path.of("target/test-classes").toAbsolutePath());

  private final List<Process> started = new ArrayList<>();
  private final BlockingQueue<Integer> helpers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
  @TempDir private Path directory;
  private RandomAccessFile messages;
  private Process keeper;

  /** A keeper that waits for nothing long. */
  static final class Impatient {
    private Impatient() {}

    /** Its arguments are the helper's command. */
    public static void main(String[] args) throws InterruptedException {
      new HelperKeeper(
              List.of(args),
              new FileInputStream(FileDescriptor.in),
              new FileOutputStream(FileDescriptor.out),
              new HelperKeeper.Times(
                  Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ZERO),
              line -> {})
          .run();
    }
  }

  private static List<String> java(String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>(JAVA);
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  private void startKeeper(List<String> command) throws Exception {
    Path fifo = directory.resolve("messages");
    assertThat(start(List.of("mkfifo", fifo.toString())).waitFor()).isZero();
    // Opened for both, because that does not wait for the other side.
    messages = new RandomAccessFile(fifo.toFile(), "rw");
    keeper =
        new ProcessBuilder(command)
            .redirectInput(fifo.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    started.add(keeper);
    Thread reader = new Thread(this::read, "status");
    reader.setDaemon(true);
    reader.start();
  }

  private void startKeeper() throws Exception {
    startKeeper(java(SanlockHelper.class.getName(), List.of(SanlockHelper.KEEP)));
  }

  private Process start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private void read() {
    ByteBuffer received = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    HelperStatus.Listener listener =
        new HelperStatus.Listener() {
          @Override
          public void started(int pid) {
            helpers.add(pid);
          }

          @Override
          public void ended(int pid) {
            ended.add(pid);
          }
        };
    try {
      for (int next = keeper.getInputStream().read(); next >= 0; ) {
        received.put((byte) next).flip();
        HelperStatus.decode(received, listener);
        received.compact();
        next = keeper.getInputStream().read();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @AfterEach
  void killEverything() throws IOException {
    messages.close();
    List<ProcessHandle> children = keeper.descendants().toList();
    started.forEach(Process::destroyForcibly);
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private int nextHelper() throws InterruptedException {
    Integer pid = helpers.poll(60, SECONDS);
    assertThat(pid).as("a helper is started").isNotNull();
    return pid;
  }

  private static ProcessHandle process(int pid) {
    return ProcessHandle.of(pid).orElseThrow();
  }

  private void signal(String name, long pid) throws Exception {
    assertThat(start(List.of("/bin/kill", "-" + name, Long.toString(pid))).waitFor()).isZero();
  }

  private void sendKill(long pid) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(HelperMessage.LENGTH);
    new KillPid((int) pid, 9).encode(buffer);
    messages.write(buffer.array());
  }

  private void assertKills() throws Exception {
    Process victim = start(List.of("/bin/sleep", "300"));
    sendKill(victim.pid());
    assertThat(victim.waitFor()).isEqualTo(128 + 9);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("time left until %s", what).isNegative();
      MILLISECONDS.sleep(10);
    }
  }

  @Test
  void aKilledHelperIsReplacedAndTheNextOneKills() throws Exception {
    startKeeper();
    int first = nextHelper();
    assertKills();

    process(first).destroyForcibly();

    assertThat(ended.poll(60, SECONDS)).isEqualTo(first);
    assertThat(nextHelper()).isNotEqualTo(first);
    assertKills();
  }

  @Test
  void aMessageToADeadHelperIsNotCarriedOutByTheNext() throws Exception {
    startKeeper();
    int first = nextHelper();
    Process innocent = start(List.of("/bin/sleep", "300"));
    signal("STOP", first);
    sendKill(innocent.pid());
    process(first).destroyForcibly();

    nextHelper();
    // Messages are carried out in their order: when this one is, the other one was not.
    assertKills();
    assertThat(innocent.isAlive()).isTrue();
  }

  @Test
  void aHelperThatIsStoppedIsKilledAndReplaced() throws Exception {
    startKeeper(java(Impatient.class.getName(), java(SanlockHelper.class.getName(), List.of())));
    int first = nextHelper();
    ProcessHandle stopped = process(first);
    signal("STOP", first);

    nextHelper();

    await("the end of the first", () -> !stopped.isAlive());
  }

  @Test
  void signalsToTheWholeGroupChangeNothing() throws Exception {
    startKeeper();
    int first = nextHelper();
    assertKills();
    for (String name : List.of("HUP", "INT", "TERM")) {
      signal(name, keeper.pid());
      signal(name, first);
    }
    assertKills();
    process(first).destroyForcibly();

    nextHelper();
    assertKills();
  }

  @Test
  void bothEndWhenTheDaemonIsGone() throws Exception {
    startKeeper();
    ProcessHandle helper = process(nextHelper());

    messages.close();

    assertThat(keeper.waitFor()).isZero();
    await("the end of the helper", () -> !helper.isAlive());
  }

  @Test
  void theHelperOfAKilledKeeperStillKillsAndEndsWithTheDaemon() throws Exception {
    startKeeper();
    ProcessHandle helper = process(nextHelper());
    assertKills();
    keeper.destroyForcibly();
    await("the end of the keeper", () -> !keeper.isAlive());

    assertKills();

    messages.close();
    await("the end of the helper", () -> !helper.isAlive());
  }

  @Test
  void theKeeperRunsNothingButItsCommand() throws Exception {
    startKeeper();
    int helper = nextHelper();
    List<String> words = List.of(process(helper).info().arguments().orElseThrow());

    assertThat(words).endsWith(SanlockHelper.class.getName());
    assertThat(keeper.children().map(ProcessHandle::pid)).containsExactly((long) helper);
  }
}
