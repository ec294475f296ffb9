package io.sanlockd.it;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;

/**
 * A process of a consumer that calls the unmodified C library, one call after the other, as the
 * test tells it. What a call gives is the number that the library returned, or an object of {@code
 * consumer/library.py} when there is more.
 */
final class LibraryClient implements AutoCloseable {
  static final int SHARED = 0x4;
  static final int PERSISTENT = 0x8;

  /** Flags of an acquire. */
  static final int LVB = 0x1;

  static final int ORPHAN = 0x2;
  static final int ORPHAN_ONLY = 0x4;
  static final int OWNER_NOWAIT = 0x8;

  /** Longer than every wait of a daemon in these tests. */
  private static final Duration LIMIT = Duration.ofSeconds(150);

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  private LibraryClient(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * One lease as the library wants it.
   *
   * @param flags of the resource, such as {@link #SHARED}
   * @param lver version asked for, 0 for none
   */
  record Lease(String lockspace, String name, Path path, long offset, int flags, long lver) {
    /** A lease in an area of the storage. */
    static Lease at(Storage storage, String lockspace, String name, int area) {
      return new Lease(lockspace, name, storage.path(), (long) area * Storage.AREA, 0, 0);
    }

    /** The same with other flags. */
    Lease with(int newFlags) {
      return new Lease(lockspace, name, path, offset, newFlags, lver);
    }

    /** The same with a version. */
    Lease version(long newLver) {
      return new Lease(lockspace, name, path, offset, flags, newLver);
    }

    /** The same place under another name. */
    Lease named(String newName) {
      return new Lease(lockspace, newName, path, offset, flags, lver);
    }

    /** As in texts of the command line, without version. */
    String text() {
      return lockspace + ":" + name + ":" + path + ":" + offset;
    }

    private JsonArray json() {
      return array(lockspace, name, path.toString(), offset, flags, lver);
    }
  }

  /** Starts a process; one process belongs to one host, as the library does. */
  static LibraryClient start(Daemon daemon, Path directory) throws IOException {
    return start(daemon.runDirectory(), directory, "consumer/library.py");
  }

  static LibraryClient start(Path runDirectory, Path directory, String script) throws IOException {
    PythonClient.requireBinding();
    Path file = directory.resolve(Path.of(script).getFileName());
    if (!Files.exists(file)) {
      Files.writeString(file, PythonClient.source(script));
    }
    ProcessBuilder builder =
        new ProcessBuilder(PythonClient.PYTHON, file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SANLOCK_RUN_DIR", runDirectory.toString());
    return new LibraryClient(builder.start());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the process and waits for its end. */
  void kill9() {
    Command.kill9(process);
  }

  /** Waits for the end of the process; its exit status, 128 and more for a signal. */
  int awaitExit(Duration limit) {
    Assertions.assertThat(Command.ended(process, limit)).as("process ended").isTrue();
    return process.exitValue();
  }

  /** Calls a function and waits for its number. */
  int call(String function, Object... arguments) throws Exception {
    return await(begin(function, arguments)).getAsInt();
  }

  /** Calls a function and waits for its object. */
  JsonObject ask(String function, Object... arguments) throws Exception {
    return await(begin(function, arguments)).getAsJsonObject();
  }

  /** Calls a function that may take long; the next call waits for it. */
  CompletableFuture<JsonElement> begin(String function, Object... arguments) throws IOException {
    JsonArray request = array(function);
    for (Object argument : arguments) {
      request.add(json(argument));
    }
    in.write(request + "\n");
    in.flush();
    return CompletableFuture.supplyAsync(this::answer, runnable -> new Thread(runnable).start());
  }

  private JsonElement answer() {
    try {
      synchronized (out) {
        String line = out.readLine();
        Assertions.assertThat(line).as("answer of the consumer's process").isNotNull();
        return JsonParser.parseString(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonElement await(CompletableFuture<JsonElement> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Registers; the descriptor. */
  int register() throws Exception {
    int descriptor = call("register");
    Assertions.assertThat(descriptor).as("registered").isPositive();
    return descriptor;
  }

  /** Acquires for its own connection. */
  int acquire(int flags, Lease... leases) throws Exception {
    return acquireFor(0, flags, "", leases);
  }

  /** Acquires for another process, as libvirt does. */
  int acquireFor(long pid, int flags, String owner, Lease... leases) throws Exception {
    return call("acquire", pid, flags, List.of(leases), owner);
  }

  /** Releases leases of its own connection. */
  int release(Lease... leases) throws Exception {
    return releaseFor(0, leases);
  }

  int releaseFor(long pid, Lease... leases) throws Exception {
    return call("release", pid, 0, List.of(leases));
  }

  JsonObject inquire(long pid) throws Exception {
    return ask("inquire", pid);
  }

  /** The state string of a process, which must be registered. */
  String state(long pid) throws Exception {
    JsonObject answer = inquire(pid);
    Assertions.assertThat(answer.get("result").getAsInt()).as("%s", answer).isZero();
    return answer.get("state").getAsString();
  }

  int add(String name, int hostId, Path path, int flags) throws Exception {
    return call("add", array(name, hostId, path.toString(), 0, 0), flags, Consumers.IO_TIMEOUT);
  }

  int inq(String name, int hostId, Path path, int flags) throws Exception {
    return call("inq", array(name, hostId, path.toString(), 0, 0), flags);
  }

  int rem(String name, int hostId, Path path, int flags) throws Exception {
    return call("rem", array(name, hostId, path.toString(), 0, 0), flags);
  }

  int writeLockspace(String name, Path path, int flags) throws Exception {
    return call("write_lockspace", array(name, 0, path.toString(), 0, flags), Consumers.IO_TIMEOUT);
  }

  JsonObject readLockspace(String name, Path path) throws Exception {
    return ask("read_lockspace", array(name, 1, path.toString(), 0, 0));
  }

  int write(Lease lease) throws Exception {
    return call("write_resource", lease);
  }

  JsonObject read(Lease lease) throws Exception {
    return ask("read_resource", lease);
  }

  JsonObject hosts(String lockspace, int hostId, int flags) throws Exception {
    return ask("hosts", lockspace, hostId, flags);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static JsonArray array(Object... values) {
    JsonArray array = new JsonArray();
    for (Object value : values) {
      array.add(json(value));
    }
    return array;
  }

  private static JsonElement json(Object value) {
    if (value instanceof Lease lease) {
      return lease.json();
    }
    if (value instanceof JsonElement element) {
      return element;
    }
    if (value instanceof List<?> list) {
      return array(list.toArray());
    }
    return new Gson().toJsonTree(value);
  }
}
