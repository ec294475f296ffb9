package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frequent command must not load what makes the start of a JVM slow. */
class HotPathTest {
  @Test
  void aCommonActionLoadsNeitherHelpNorNativeCodeNorLambdas(@TempDir Path directory)
      throws Exception {
    List<String> command = new ArrayList<>(CommandLinePrograms.ownJvm());
    command.add(1, "-Xlog:class+load");
    command.addAll(List.of("client", "status"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SANLOCK_RUN_DIR", directory.toString());
    builder.redirectInput(new File("/dev/null")).redirectErrorStream(true);
    Process process = builder.start();
    String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(loaded).contains("io.sanlockd.cli.StatusAction");
    // Lambdas inside the JDK's channels can not be avoided; ours can.
    assertThat(loaded.lines())
        .noneMatch(line -> line.contains("io.sanlockd.cli.FriendlyHelp"))
        .noneMatch(line -> line.contains(" jnr.") || line.contains("com.kenai.jffi"))
        .noneMatch(line -> line.contains("io.sanlockd.posix"))
        .noneMatch(line -> line.contains("io.sanlockd.cli.operate"))
        .noneMatch(line -> line.contains("io.sanlockd") && line.contains("$$Lambda"))
        .noneMatch(line -> line.contains("io.sanlockd") && line.contains("StringConcat"));
  }
}
