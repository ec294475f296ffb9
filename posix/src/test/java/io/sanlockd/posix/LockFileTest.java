package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("sanlock.pid");
  }

  @Test
  void theHolderIsReadableByOthersAndKeepsThemOut() throws Exception {
    Files.writeString(path, "12345678901234567890\n");
    String pid = String.valueOf(ProcessHandle.current().pid());
    try (LockFile lock = LockFile.acquire(path)) {
      assertThat(lock).isNotNull();
      assertThat(inAnotherProcess("try")).isEqualTo(pid + "\nheld " + pid);
    }
    assertThat(path).hasContent(pid);
    assertThat(inAnotherProcess("try")).isEqualTo(pid + "\nfree");
  }

  @Test
  void aLockHeldByAnotherProcessIsReportedInTheWordsOfTheSpecification() throws Exception {
    Process holder = python("hold").start();
    try (BufferedReader output = holder.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("locked");
      assertThatExceptionOfType(PosixException.class)
          .isThrownBy(() -> LockFile.acquire(path))
          .withMessage("lockfile setlk error " + path + ": Resource temporarily unavailable")
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
      assertThat(Files.readString(path)).isEqualTo("other\n");
    } finally {
      holder.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
    LockFile.acquire(path).close();
  }

  @Test
  void aSecondTryInTheSameProcessFailsWithoutLosingTheLock() throws Exception {
    try (LockFile lock = LockFile.acquire(path)) {
      assertThat(lock).isNotNull();
      assertThatExceptionOfType(PosixException.class)
          .isThrownBy(() -> LockFile.acquire(path))
          .withMessageStartingWith("lockfile setlk error ");
      assertThat(inAnotherProcess("try")).contains("held");
    }
  }

  @Test
  void aFileThatCannotBeOpenedIsAnError() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> LockFile.acquire(directory.resolve("no/such/dir")));
  }

  private String inAnotherProcess(String mode) throws Exception {
    Process process = python(mode).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  /** The C program's way of locking: fcntl F_SETLK on the whole file. */
  private ProcessBuilder python(String mode) {
    String script =
        """
        import fcntl, os, struct, sys
        fd = os.open(sys.argv[2], os.O_CREAT | os.O_RDWR, 0o644)
        whole = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
        if sys.argv[1] == 'hold':
            fcntl.fcntl(fd, fcntl.F_SETLK, whole)
            os.ftruncate(fd, 0)
            os.write(fd, b'other\\n')
            print('locked', flush=True)
            sys.stdin.read()
        else:
            print(os.read(fd, 100).decode(), end='')
            answer = struct.unpack('hhqqi4x', fcntl.fcntl(fd, fcntl.F_GETLK, whole))
            print('free' if answer[0] == fcntl.F_UNLCK else 'held %d' % answer[4])
        """;
    return new ProcessBuilder("python3", "-c", script, mode, path.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
