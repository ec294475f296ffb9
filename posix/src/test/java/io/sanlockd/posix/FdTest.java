package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdTest {
  @TempDir Path directory;

  @Test
  void aFailedOpenNamesCallPathAndReason() {
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> Fd.open("/no/such/päth", OpenFlags.RDONLY))
        .withMessage("open /no/such/päth: ENOENT (No such file or directory)")
        .satisfies(
            e -> {
              assertThat(e.call()).isEqualTo("open");
              assertThat(e.errno()).isEqualTo(Errno.ENOENT);
            });
    assertThatIllegalArgumentException().isThrownBy(() -> Fd.open("/a\0b", OpenFlags.RDONLY));
  }

  @Test
  void errorNumbersHaveNameAndEnglishText() {
    assertThat(Errno.name(Errno.EAGAIN)).isEqualTo("EAGAIN");
    assertThat(Errno.text(Errno.EAGAIN)).isEqualTo("Resource temporarily unavailable");
    assertThat(Errno.name(Errno.ECONNRESET)).isEqualTo("ECONNRESET");
    assertThat(Errno.text(Errno.EIO)).isEqualTo("Input/output error");
    assertThat(Errno.name(0)).isEqualTo("errno 0");
    assertThat(Errno.text(999)).isEqualTo("Unknown error 999");
  }

  @Test
  void writeAndReadMoveThePositionAndTellTheEnd() throws Exception {
    String path = directory.resolve("file").toString();
    int fd = Fd.open(path, OpenFlags.RDWR | OpenFlags.CREATE | OpenFlags.CLOEXEC);
    ByteBuffer bytes = ByteBuffer.allocateDirect(8);
    bytes.putLong(0x0102030405060708L).position(2);
    assertThat(Fd.write(fd, bytes)).isEqualTo(6);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(Fd.close(fd)).isZero();

    int again = Fd.open(path, OpenFlags.RDONLY | OpenFlags.CLOEXEC);
    ByteBuffer read = ByteBuffer.allocateDirect(16).position(1);
    assertThat(Fd.read(again, read)).isEqualTo(6);
    assertThat(read.position()).isEqualTo(7);
    assertThat(read.get(1)).isEqualTo((byte) 3);
    assertThat(Fd.read(again, read)).isZero();
    assertThat(Fd.close(again)).isZero();
    assertThat(Fd.close(again)).isEqualTo(-Errno.EBADF);
    assertThat(Fd.read(again, read)).isEqualTo(-Errno.EBADF);
  }

  @Test
  void onlyDirectBuffersWithSpaceAreTaken() {
    assertThatIllegalArgumentException().isThrownBy(() -> Fd.read(0, ByteBuffer.allocate(8)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fd.read(0, ByteBuffer.allocateDirect(8).position(8)));
  }

  @Test
  void aNonBlockingPipeAnswersInsteadOfWaiting() throws Exception {
    Pipe pipe = Pipe.create(true);
    ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
    assertThat(Fd.read(pipe.readFd(), bytes)).isEqualTo(-Errno.EAGAIN);
    int last;
    do {
      bytes.clear();
      last = Fd.write(pipe.writeFd(), bytes);
    } while (last > 0);
    assertThat(last).isEqualTo(-Errno.EAGAIN);
    Fd.close(pipe.readFd());
    bytes.clear();
    assertThat(Fd.write(pipe.writeFd(), bytes)).isEqualTo(-Errno.EPIPE);
    Fd.close(pipe.writeFd());
  }

  @Test
  void nonBlockingCanBeTurnedOnLater() throws Exception {
    Pipe pipe = Pipe.create(false);
    Fd.setNonBlocking(pipe.readFd(), true);
    assertThat(Fd.read(pipe.readFd(), ByteBuffer.allocateDirect(1))).isEqualTo(-Errno.EAGAIN);
    closeBoth(pipe);
  }

  @Test
  void aDuplicateIsInheritedUnlessMarkedAgain() throws Exception {
    Pipe pipe = Pipe.create(false);
    Pipe other = Pipe.create(false);
    assertThat(Fd.isCloseOnExec(pipe.readFd())).isTrue();
    Fd.duplicateTo(pipe.writeFd(), other.writeFd());
    assertThat(Fd.isCloseOnExec(other.writeFd())).isFalse();
    ByteBuffer one = ByteBuffer.allocateDirect(1).put(0, (byte) 42);
    assertThat(Fd.write(other.writeFd(), one)).isEqualTo(1);
    one.clear();
    assertThat(Fd.read(pipe.readFd(), one)).isEqualTo(1);
    assertThat(one.get(0)).isEqualTo((byte) 42);

    Fd.setCloseOnExec(other.writeFd(), true);
    assertThat(Fd.isCloseOnExec(other.writeFd())).isTrue();
    closeBoth(pipe);
    closeBoth(other);
  }

  @Test
  void everyDescriptorFromTheLowestIsMarkedByEitherWay() throws Exception {
    Pipe pipe = Pipe.create(false);
    int low = Math.min(pipe.readFd(), pipe.writeFd());
    int high = Math.max(pipe.readFd(), pipe.writeFd());
    Fd.setCloseOnExec(low, false);
    Fd.setCloseOnExec(high, false);
    Fd.closeOnExecFrom(high);
    assertThat(Fd.isCloseOnExec(low)).isFalse();
    assertThat(Fd.isCloseOnExec(high)).isTrue();
    Fd.setCloseOnExec(high, false);
    Fd.closeOnExecOneByOne(high);
    assertThat(Fd.isCloseOnExec(low)).isFalse();
    assertThat(Fd.isCloseOnExec(high)).isTrue();
    closeBoth(pipe);
  }

  @Test
  void aCreatedFileIsNotWritableByOthers() throws Exception {
    Path path = directory.resolve("created");
    Fd.close(Fd.open(path.toString(), OpenFlags.WRONLY | OpenFlags.CREATE | OpenFlags.CLOEXEC));
    assertThat(Files.getPosixFilePermissions(path).toString()).doesNotContain("OTHERS_WRITE");
    assertThat(Files.isWritable(path)).isTrue();
  }

  @Test
  void theLimitOfDescriptorsIsTheKernels() throws Exception {
    String limits = Files.readString(Path.of("/proc/self/limits"));
    assertThat(limits).containsPattern("Max open files +" + Fd.limit() + " ");
  }

  private static void closeBoth(Pipe pipe) {
    Fd.close(pipe.readFd());
    Fd.close(pipe.writeFd());
  }
}
