package io.sanlockd.reset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateSocketTest {
  @TempDir Path directory;

  @Test
  void messagesArriveAndASecondDaemonIsKeptOut() throws Exception {
    Path path = directory.resolve("run/box.sock");
    UpdateMessage message = new UpdateMessage("reg", "l\u00e9s");
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UpdateMessage.send(path.toString(), message))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    Files.createDirectory(path.getParent());
    Files.createFile(path);
    try (UpdateSocket socket = UpdateSocket.bind(path)) {
      BlockingQueue<ByteBuffer> received = new LinkedBlockingQueue<>();
      socket.start(received::add);
      UpdateMessage.send(path.toString(), message);
      ByteBuffer datagram = received.poll(60, TimeUnit.SECONDS);
      assertThat(datagram.remaining()).isEqualTo(UpdateMessage.LENGTH);
      assertThat(UpdateMessage.decode(datagram)).contains(message);
      assertThat(Files.getPosixFilePermissions(path))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> UpdateSocket.bind(path))
          .withMessageContaining("another sanlk-resetd");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void sysrqGetsTheLetterOfAReboot() throws Exception {
    Path trigger = Files.createFile(directory.resolve("trigger"));
    assertThat(Sysrq.open(trigger.toString()).reboot()).isZero();
    assertThat(trigger).hasContent("b");
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> Sysrq.open(directory.resolve("none").toString()));
  }
}
