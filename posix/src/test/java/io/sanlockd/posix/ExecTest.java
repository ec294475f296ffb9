package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExecTest {
  /** The child JVM: opens a descriptor to keep and one to lose, then becomes a shell. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      int keep = Fd.open("/dev/zero", OpenFlags.RDONLY | OpenFlags.CLOEXEC);
      int lose = Fd.open("/dev/full", OpenFlags.RDONLY);
      System.out.println("java " + ProcessHandle.current().pid());
      System.out.flush();
      try {
        Exec.replace("/no/such/program", List.of("x"), keep);
      } catch (PosixException e) {
        System.out.println(e.getMessage());
        System.out.flush();
      }
      // Of itself, as the shell blocks everything for moments while it waits for a child.
      String script =
          "echo name $0 $1; echo pid $$; readlink /proc/$$/fd/"
              + keep
              + "; ls /proc/$$/fd | grep -x "
              + lose
              + "; ls -l /proc/$$/fd | grep -c -e '->.*modules' -e '->.*[.]jar' -e '->.*full'"
              + "; grep SigBlk /proc/self/status; (yes; echo $? >&2) | true; echo env $EXEC_TEST";
      Exec.replace("/bin/sh", List.of("sh", "-c", script, "zeroth", "first"), keep);
    }
  }

  @Test
  void theProgramKeepsPidAndOneDescriptorAndStartsWithCleanSignals() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "trap '' PIPE; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-XX:-UsePerfData",
            Main.class.getName());
    builder.environment().put("EXEC_TEST", "inherited");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String pid = String.valueOf(process.pid());
    assertThat(output.lines())
        .containsExactly(
            "java " + pid,
            "execv /no/such/program: ENOENT (No such file or directory)",
            "name zeroth first",
            "pid " + pid,
            "/dev/zero",
            "0",
            "SigBlk:\t0000000000000000",
            String.valueOf(128 + Signals.PIPE),
            "env inherited");
  }
}
