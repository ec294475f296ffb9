package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketsTest {
  @TempDir Path directory;

  @Test
  void aConnectionCarriesBytesAndItsEndIsSeen() throws Exception {
    String path = directory.resolve("söcket").toString();
    int listener = UnixSockets.listen(path, 4);
    assertThat(UnixSockets.accept(listener)).isEqualTo(-Errno.EAGAIN);
    int client = UnixSockets.connect(path, 0);
    assertThat(Fd.isCloseOnExec(client)).isTrue();
    assertThat(Fd.isCloseOnExec(listener)).isTrue();
    assertThat(Poll.once(listener, Poll.IN, 0)).isEqualTo(Poll.IN);
    int server = UnixSockets.accept(listener);
    assertThat(UnixSockets.peer(server).pid()).isEqualTo((int) ProcessHandle.current().pid());

    ByteBuffer byteOnly = ByteBuffer.allocateDirect(1);
    assertThat(Fd.read(client, byteOnly)).isEqualTo(-Errno.EAGAIN);
    assertThat(Poll.once(client, Poll.IN | Poll.RDHUP, 0)).isZero();
    assertThat(Fd.send(server, byteOnly.put(0, (byte) 9))).isEqualTo(1);
    assertThat(Poll.once(client, Poll.IN | Poll.RDHUP, 0)).isEqualTo(Poll.IN);
    Fd.close(server);
    assertThat(Poll.once(client, Poll.RDHUP, 0)).isEqualTo(Poll.HUP | Poll.RDHUP);
    Fd.close(client);
    Fd.close(listener);
    assertThat(Poll.once(client, Poll.IN, 0)).isEqualTo(Poll.NVAL);
  }

  @Test
  void datagramsArriveWholeOrAreRefusedWhenNobodyReceives() throws Exception {
    String path = directory.resolve("box").toString();
    int receiver = UnixSockets.bindDatagram(path);
    int sender = UnixSockets.connectDatagram(path);
    ByteBuffer three = ByteBuffer.allocateDirect(3).put(0, (byte) 7);
    assertThat(Fd.send(sender, three)).isEqualTo(3);
    assertThat(Fd.send(sender, three.flip().limit(1))).isEqualTo(1);
    ByteBuffer larger = ByteBuffer.allocateDirect(9);
    assertThat(Fd.read(receiver, larger)).isEqualTo(3);
    assertThat(larger.get(0)).isEqualTo((byte) 7);
    assertThat(Fd.read(receiver, larger)).isEqualTo(1);
    assertThat(Fd.read(receiver, larger)).isEqualTo(-Errno.EAGAIN);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.bindDatagram(path))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(98));
    Fd.close(receiver);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.connectDatagram(path))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ECONNREFUSED));
    Fd.close(sender);
  }

  @Test
  void failuresNameThePath() throws Exception {
    String path = directory.resolve("taken").toString();
    int listener = UnixSockets.listen(path, 1);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.listen(path, 1))
        .withMessage("bind " + path + ": EADDRINUSE (Address already in use)");
    Fd.close(listener);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.connect(path, 0))
        .withMessage("connect " + path + ": ECONNREFUSED (Connection refused)");
    String tooLong = "/" + "x".repeat(UnixSockets.MAX_PATH_BYTES);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.connect(tooLong, 0))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
  }

  @Test
  void aFullQueueIsWaitedForOnlySoLong() throws Exception {
    String path = directory.resolve("full").toString();
    int listener = UnixSockets.listen(path, 0);
    int first = UnixSockets.connect(path, 0);
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> UnixSockets.connect(path, 1))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
    Fd.close(first);
    Fd.close(listener);
  }
}
