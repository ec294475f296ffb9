package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Users;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTest {
  @TempDir Path directory;

  @Test
  void theSocketReplacesAnOldFileAndBelongsToItsGroup() throws Exception {
    Path path = Files.writeString(directory.resolve("sanlock.sock"), "old");
    boolean root = Users.effectiveUid() == 0;
    try (Listener listener = Listener.bind(path, root ? 1 : -1, root ? 2 : -1)) {
      assertThat(Fd.isCloseOnExec(listener.fd())).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-rw----");
      if (root) {
        assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(1);
        assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(2);
      }
      Client.connect(path).close();
    }
    assertThat(path).exists();
    Listener.bind(path, -1, -1).close();
  }

  @Test
  void aLongPathIsCutToTheBytesThatFit() throws Exception {
    Path longPath = directory.resolve("x".repeat(200));
    Path cut = Listener.cut(longPath);
    assertThat(cut.toString()).hasSize(106);
    assertThat(longPath.toString()).startsWith(cut.toString());
    try (Listener listener = Listener.bind(longPath, -1, -1)) {
      assertThat(listener.fd()).isPositive();
      Client.connect(cut).close();
    }
    assertThat(Listener.cut(Path.of("/short"))).isEqualTo(Path.of("/short"));
  }
}
