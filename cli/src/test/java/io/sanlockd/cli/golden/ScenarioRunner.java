package io.sanlockd.cli.golden;

import com.google.gson.JsonObject;
import io.sanlockd.client.Endpoint;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.Requests;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.protocol.Command;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the cases of one scenario in order, in one scratch directory. */
public final class ScenarioRunner implements AutoCloseable {
  private static final long START_SECONDS = 30;
  private static final int STEP_MILLIS = 20;
  private static final int SIGKILL = 9;

  /** State column of an established connection in /proc/net/unix. */
  private static final String CONNECTED = " 03 ";

  /** Between two cases, as the start of a process took when they were recorded. */
  private static final int PACE_MILLIS = 30;

  /** A daemon that does not forget a connection within this time has a reason to. */
  private static final long FORGET_SECONDS = 10;

  /** A note which says that a daemon dies while the case runs. */
  private static final Pattern DEATH = Pattern.compile("daemon (\\w+) is killed .*");

  /** What the program says that waits for that daemon's host, just before it was killed. */
  private static final String LAST_WORDS = "host resetting";

  private final Programs programs;
  private final Path directory;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Map<String, String> runDirectories = new LinkedHashMap<>();
  private final Map<String, String> placeholders = new LinkedHashMap<>();
  private RegisteredClient ownRegistration;

  /** Starts with an empty directory. */
  public ScenarioRunner(Programs programs, Path directory) throws IOException {
    this.programs = programs;
    this.directory = directory;
    placeholders.put("@DIR@", directory.toString());
    placeholders.put("@NODE@", nodeName());
  }

  private static String nodeName() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
  }

  /** Performs the set-up of a case and runs it. */
  public Outcome run(GoldenCase golden) throws Exception {
    for (JsonObject action : golden.setup()) {
      perform(action);
    }
    TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
    Endpoint daemon =
        Endpoint.ofRunDirectory(resolve(golden.env().getOrDefault("SANLOCK_RUN_DIR", "")));
    long before = connections(daemon);
    Thread killer = killer(golden);
    Outcome outcome = programs.run(golden, resolveAll(golden.argv()), resolveAll(golden.env()));
    killer.interrupt();
    killer.join();
    awaitForgotten(daemon, before);
    if (golden.argv().contains("-w") && golden.stdout().endsWith("shutdown done 0\n")) {
      awaitEndOfDaemons(resolve(golden.env().getOrDefault("SANLOCK_RUN_DIR", "")));
    }
    return outcome;
  }

  /** Kills the daemon that dies while a case runs, if one does. */
  private Thread killer(GoldenCase golden) {
    Matcher death = DEATH.matcher(golden.note());
    Process daemon = death.matches() ? processes.get(death.group(1)) : null;
    Thread killer = new Thread(() -> killAfterLastWords(daemon), "killer");
    killer.setDaemon(true);
    if (daemon != null) {
      killer.start();
    }
    return killer;
  }

  private void killAfterLastWords(Process daemon) {
    Path said = ProcessRun.standardError(directory);
    try {
      while (!Files.exists(said) || !Files.readString(said).contains(LAST_WORDS)) {
        TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
      }
      signal(daemon, SIGKILL);
    } catch (InterruptedException e) {
      // The case has ended without them, and its outcome tells.
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits until the daemon has closed its ends of connections that others have closed: as long as
   * it has not, the next case sees them in the status.
   *
   * @param left how many are to be left
   */
  private static void awaitForgotten(Endpoint daemon, long left) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(FORGET_SECONDS);
    while (connections(daemon) > left && System.nanoTime() < deadlineNanos) {
      TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
    }
  }

  /** The daemon answers a shutdown a moment before its process ends. */
  private void awaitEndOfDaemons(String runDirectory) throws InterruptedException {
    for (Map.Entry<String, String> daemon : runDirectories.entrySet()) {
      if (daemon.getValue().equals(runDirectory)) {
        waitFor(processes.get(daemon.getKey()));
      }
    }
  }

  /** A recorded text with the placeholders of this run. */
  public String resolve(String text) {
    String resolved = text;
    for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
      resolved = resolved.replace(placeholder.getKey(), placeholder.getValue());
    }
    return resolved;
  }

  private List<String> resolveAll(List<String> texts) {
    return texts.stream().map(this::resolve).toList();
  }

  private Map<String, String> resolveAll(Map<String, String> texts) {
    Map<String, String> resolved = new LinkedHashMap<>();
    texts.forEach((key, value) -> resolved.put(key, resolve(value)));
    return resolved;
  }

  private void perform(JsonObject action) throws Exception {
    String kind = action.get("action").getAsString();
    switch (kind) {
      case "create_file" -> {
        try (RandomAccessFile file = new RandomAccessFile(path(action).toFile(), "rw")) {
          file.setLength(action.get("size").getAsLong());
        }
      }
      case "write_file" ->
          Files.writeString(
              path(action), action.get("text").getAsString(), StandardCharsets.ISO_8859_1);
      case "remove_file" -> Files.deleteIfExists(path(action));
      case "stale_socket" -> staleSocket(path(action));
      case "start_daemon" -> startDaemon(action);
      case "stop_daemon" -> stop(action, true);
      case "signal_daemon" -> stop(action, false);
      case "background" -> startInBackground(action);
      case "wait_background" -> waitFor(process(action));
      case "kill" -> {
        stop(action, true);
        TimeUnit.MILLISECONDS.sleep(500);
      }
      case "sleep" ->
          TimeUnit.MILLISECONDS.sleep((long) (action.get("seconds").getAsDouble() * 1000));
      case "run" -> runToEnd(action);
      case "note" -> note(action.get("text").getAsString());
      default -> throw new IllegalArgumentException("unknown set-up action " + kind);
    }
  }

  private Path path(JsonObject action) throws IOException {
    Path path = programs.path(resolve(action.get("path").getAsString()));
    Files.createDirectories(path.getParent());
    return path;
  }

  private Process process(JsonObject action) {
    return processes.get(action.get("name").getAsString());
  }

  private static void staleSocket(Path path) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel unused = server.bind(UnixDomainSocketAddress.of(path));
    }
  }

  private Process start(JsonObject action) throws IOException {
    String name = action.get("name").getAsString();
    List<String> argv = programs.command(resolveAll(GoldenCase.strings(action, "argv")));
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().put("TZ", "UTC");
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(resolveAll(GoldenCase.environment(action)));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(directory.resolve(name + ".log").toFile());
    Process process = builder.start();
    processes.put(name, process);
    placeholders.put("@PID:" + name + "@", Long.toString(process.pid()));
    return process;
  }

  private void startDaemon(JsonObject action) throws Exception {
    Process process = start(action);
    SanlockClient client = client(action);
    runDirectories.put(
        action.get("name").getAsString(),
        resolveAll(GoldenCase.environment(action)).get("SANLOCK_RUN_DIR"));
    await(process, () -> client.exchange(Requests.plain(Command.VERSION)).result() == 0);
    awaitForgotten(client.endpoint(), 0);
  }

  private SanlockClient client(JsonObject action) {
    String runDirectory = resolveAll(GoldenCase.environment(action)).get("SANLOCK_RUN_DIR");
    return new SanlockClient(
        Endpoint.ofRunDirectory(runDirectory).withReadTimeout(20, TimeUnit.SECONDS));
  }

  private void startInBackground(JsonObject action) throws Exception {
    SanlockClient client = client(action);
    long before = connections(client.endpoint());
    Process process = start(action);
    if (action.has("wait_registered") && action.get("wait_registered").getAsBoolean()) {
      List<String> argv = GoldenCase.strings(action, "argv");
      long wanted = argv.stream().filter("-r"::equals).count();
      // Asking the daemon earlier would take the connection slot that the case expects to see used.
      await(process, () -> hasBecome(process, argv.get(argv.indexOf("-c") + 1)));
      await(process, () -> holds(client, (int) process.pid(), wanted));
      awaitForgotten(client.endpoint(), before + 1);
    } else {
      await(process, () -> connections(client.endpoint()) > before);
      TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
    }
  }

  /** Connections the daemon has accepted, according to the kernel. */
  private static long connections(Endpoint endpoint) {
    try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
      return sockets
          .filter(line -> line.endsWith(" " + endpoint.socketPath()) && line.contains(CONNECTED))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasBecome(Process process, String program) {
    try {
      Path executable = Path.of("/proc", Long.toString(process.pid()), "exe");
      return executable.toRealPath().equals(Path.of(program).toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean holds(SanlockClient client, int pid, long wanted) {
    try {
      return client.inquire(pid).size() >= wanted;
    } catch (SanlockException e) {
      return false;
    }
  }

  private interface Condition {
    boolean holds();
  }

  /** Waits for a condition, or for the process to end, or for a long time. */
  private static void await(Process process, Condition condition) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!condition.holds()) {
      if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
        return;
      }
      boolean unused = process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void stop(JsonObject action, boolean wait) throws Exception {
    Process process = process(action);
    signal(process, action.get("signal").getAsInt());
    if (wait) {
      waitFor(process);
    }
  }

  /** Sends a signal without closing the streams of the process as {@code destroy} does. */
  public static void signal(Process process, int signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
    int unused = kill.waitFor();
  }

  private static void waitFor(Process process) throws InterruptedException {
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("process did not end: " + process.info());
    }
  }

  private void runToEnd(JsonObject action) throws Exception {
    JsonObject named = action.deepCopy();
    named.addProperty("name", "setup-run");
    Process process = start(named);
    waitFor(process);
    processes.remove("setup-run");
    int expected = action.get("expect_exit").getAsInt();
    if (process.exitValue() != expected) {
      throw new IllegalStateException("set-up ended with " + process.exitValue() + ": " + action);
    }
  }

  /** The notes of the recording that ask for something to be done. */
  private void note(String text) throws Exception {
    if (text.startsWith("open a raw connection")) {
      TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
      SanlockClient client =
          new SanlockClient(Endpoint.ofRunDirectory(directory.resolve("runA").toString()));
      ownRegistration = client.register();
      placeholders.put("@PID:me@", Long.toString(ProcessHandle.current().pid()));
    } else if (text.startsWith("close the raw connection")) {
      Endpoint daemon = Endpoint.ofRunDirectory(directory.resolve("runA").toString());
      long before = connections(daemon);
      ownRegistration.close();
      awaitForgotten(daemon, before - 1);
    } else if (text.startsWith("POSIX shm object /wdmd exists")) {
      Files.createFile(programs.path("/dev/shm/wdmd"));
    }
  }

  /** Ends everything that was started, the last first. */
  @Override
  public void close() {
    if (ownRegistration != null) {
      ownRegistration.close();
    }
    List<Process> started = new ArrayList<>(processes.values());
    Collections.reverse(started);
    for (Process process : started) {
      process.destroyForcibly().onExit().join();
    }
  }
}
