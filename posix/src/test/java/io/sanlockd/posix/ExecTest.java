package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExecTest {
  /** The child JVM: opens a descriptor to keep and one to lose, then becomes a shell. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      if (arguments.length > 0) {
        Exec.replace("/bin/grep", List.of("grep", "Sig", "/proc/self/status"), -1, -1);
      }
      int keep = Fd.open("/dev/zero", OpenFlags.RDONLY | OpenFlags.CLOEXEC);
      int lose = Fd.open("/dev/full", OpenFlags.RDONLY);
      System.out.println("java " + ProcessHandle.current().pid());
      System.out.flush();
      try {
        Exec.replace("/no/such/program", List.of("x"), keep, 3);
      } catch (PosixException e) {
        System.out.println(e.getMessage());
        System.out.flush();
      }
      String script =
          "echo name $0 $1; echo pid $$; readlink /proc/$$/fd/"
              + 3
              + "; ls /proc/$$/fd | grep -x "
              + lose
              + "; ls -l /proc/$$/fd | grep -c -e '->.*modules' -e '->.*[.]jar' -e '->.*full'"
              + "; echo env $EXEC_TEST";
      Exec.replace("/bin/sh", List.of("sh", "-c", script, "zeroth", "first"), keep, 3);
    }
  }

  @Test
  void theProgramKeepsPidAndOneDescriptor() throws Exception {
    Process process = start();
    String pid = String.valueOf(process.pid());
    assertThat(output(process).lines())
        .containsExactly(
            "java " + pid,
            "execv /no/such/program: ENOENT (No such file or directory)",
            "name zeroth first",
            "pid " + pid,
            "/dev/zero",
            "0",
            "env inherited");
  }

  @Test
  void theProgramStartsWithNoSignalBlockedAndWithoutIgnoringSigpipe() throws Exception {
    // No shell here: it would clear its mask by itself.
    String status = output(start("grep"));
    assertThat(status).contains("SigBlk:\t0000000000000000");
    String ignored = status.replaceAll("(?s).*SigIgn:\\s*(\\w+).*", "$1");
    long sigpipe = 1L << (Signals.PIPE - 1);
    assertThat(Long.parseUnsignedLong(ignored, 16) & sigpipe).isZero();
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c"));
    command.addAll(List.of("trap '' PIPE; exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("-XX:-UsePerfData", Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("EXEC_TEST", "inherited");
    return builder.redirectErrorStream(true).start();
  }

  private static String output(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
