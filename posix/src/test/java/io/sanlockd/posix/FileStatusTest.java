package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatusTest {
  @TempDir Path directory;

  @Test
  void aRegularFileHasItsLengthAndTheSameIdentityUnderEveryName() throws Exception {
    Path path = Files.write(directory.resolve("a"), new byte[12345]);
    Path link = Files.createLink(directory.resolve("b"), path);
    Path copy = Files.copy(path, directory.resolve("c"));
    FileStatus status = status(path);
    assertThat(status.kind()).isEqualTo(FileStatus.Kind.REGULAR);
    assertThat(status.sizeBytes()).isEqualTo(12345);
    assertThat(status.sectorBytes()).isEqualTo(512);
    assertThat(status(link)).isEqualTo(status);
    assertThat(status(copy).identity()).isNotEqualTo(status.identity());
    assertThat(status.identity().inode())
        .isEqualTo(((Number) Files.getAttribute(path, "unix:ino")).longValue());
  }

  @Test
  void aCharacterDeviceIsNeither() throws Exception {
    assertThat(status(Path.of("/dev/null")).kind()).isEqualTo(FileStatus.Kind.OTHER);
  }

  @Test
  void aBlockDeviceHasItsCapacityAndSectorSize() throws Exception {
    Path image = directory.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(3 << 20);
    }
    String device = attach(image, 4096);
    Skip.unless(device != null, "no loop device can be made here (needs root and losetup)");
    try {
      FileStatus status = status(Path.of(device));
      assertThat(status.kind()).isEqualTo(FileStatus.Kind.BLOCK);
      assertThat(status.sizeBytes()).isEqualTo(3 << 20);
      assertThat(status.sectorBytes()).isEqualTo(4096);
      assertThat(status.identity().specialDevice()).isNotZero();
      assertThat(status.identity().inode()).isZero();
    } finally {
      run("losetup", "-d", device);
    }
  }

  private static FileStatus status(Path path) throws PosixException {
    int fd = Fd.open(path.toString(), OpenFlags.RDONLY | OpenFlags.CLOEXEC);
    try {
      return FileStatus.of(fd);
    } finally {
      Fd.close(fd);
    }
  }

  private static String attach(Path image, int sectorBytes) throws Exception {
    if (Users.effectiveUid() != 0 || !Files.isExecutable(Path.of("/usr/sbin/losetup"))) {
      return null;
    }
    String device =
        run("losetup", "--show", "-f", "-b", String.valueOf(sectorBytes), image.toString());
    return device.startsWith("/dev/loop") ? device : null;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
