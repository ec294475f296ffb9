package io.sanlockd.it;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.sanlockd.model.testing.Skip;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** Runs Python scripts that use the C client library through its unmodified Python binding. */
final class PythonClient implements AutoCloseable {
  static final String PYTHON = "/usr/bin/python3";

  private final Process process;
  private final File out;

  private PythonClient(Process process, File out) {
    this.process = process;
    this.out = out;
  }

  /**
   * Starts a script.
   *
   * @param directory takes the script and its output
   * @param script name of a resource beside this class, such as {@code life.py}
   * @param arguments what the script finds in sys.argv[1:]
   */
  static PythonClient start(Daemon daemon, Path directory, String script, Object... arguments)
      throws Exception {
    requireBinding();
    Path file = directory.resolve(Path.of(script).getFileName());
    if (!Files.exists(file)) {
      Files.writeString(file, source(script));
    }
    List<String> command = new ArrayList<>(List.of(PYTHON, file.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    File out = Files.createTempFile(directory, file.getFileName().toString(), ".out").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SANLOCK_RUN_DIR", daemon.runDirectory().toString());
    return new PythonClient(builder.start(), out);
  }

  /** Waits for the end of the script, which must be good, and reads the object it printed. */
  JsonObject result(Duration limit) throws IOException {
    Assertions.assertThat(Command.ended(process, limit))
        .as("script ended within %s", limit)
        .isTrue();
    String text = Files.readString(out.toPath());
    Assertions.assertThat(process.exitValue()).as("exit status of the script: %s", text).isZero();
    return new Gson().fromJson(text, JsonObject.class);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static void requireBinding() throws IOException {
    boolean there =
        Files.isExecutable(Path.of(PYTHON))
            && Command.run(
                        List.of(PYTHON, "-c", "import sanlock"), Map.of(), Duration.ofSeconds(20))
                    .exit()
                == 0;
    Skip.unlessInstalled(there, "the Python binding of the C sanlock");
  }

  static String source(String script) throws IOException {
    try (var in = PythonClient.class.getResourceAsStream(script)) {
      Assertions.assertThat(in).as(script).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
