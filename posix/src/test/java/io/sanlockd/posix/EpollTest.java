package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.File;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpollTest {
  private static final int PLENTY_MILLIS = 30_000;

  @TempDir Path directory;
  private Epoll epoll;

  @BeforeEach
  void open() throws Exception {
    epoll = Epoll.create(4);
  }

  @AfterEach
  void close() {
    epoll.close();
  }

  @Test
  void eachEventComesWithItsOwnToken() throws Exception {
    EventFd a = EventFd.create();
    EventFd b = EventFd.create();
    epoll.add(a.fd(), Epoll.IN, 0x1122334455667788L);
    epoll.add(b.fd(), Epoll.IN, -2);
    assertThat(epoll.await(0)).isZero();
    a.signal();
    b.signal();
    assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(2);
    assertThat(new long[] {epoll.token(0), epoll.token(1)})
        .containsExactlyInAnyOrder(0x1122334455667788L, -2);
    assertThat(epoll.events(0)).isEqualTo(Epoll.IN);

    epoll.remove(a.fd());
    assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
    assertThat(epoll.token(0)).isEqualTo(-2);
    a.close();
    b.close();
  }

  @Test
  void signalsOfManyThreadsAreTakenAtOnceAndAfterCloseNothingHappens() throws Exception {
    EventFd event = EventFd.create();
    epoll.add(event.fd(), Epoll.IN, 1);
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(event::signal);
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(event.drain()).isTrue();
    assertThat(event.drain()).isFalse();
    assertThat(epoll.await(0)).isZero();
    event.close();
    event.signal();
    event.close();
  }

  @Test
  void aOneShotDescriptorIsSilentUntilModified() throws Exception {
    EventFd event = EventFd.create();
    epoll.add(event.fd(), Epoll.IN | Epoll.ONESHOT, 5);
    event.signal();
    assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
    assertThat(epoll.await(0)).isZero();
    epoll.modify(event.fd(), Epoll.IN | Epoll.ONESHOT, 6);
    assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
    assertThat(epoll.token(0)).isEqualTo(6);
    event.close();
  }

  @Test
  void anUnknownDescriptorIsNamed() {
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> epoll.modify(0, Epoll.IN, 0))
        .withMessage("epoll_ctl fd 0: ENOENT (No such file or directory)");
  }

  @Test
  void anAcceptedPeerShowsItsPidItsBytesItsHalfCloseAndItsDeath() throws Exception {
    File path = directory.resolve("socket").toFile();
    try (UnixServerSocketChannel server = UnixServerSocketChannel.open()) {
      server.configureBlocking(false);
      server.socket().bind(new UnixSocketAddress(path));
      assertThat(UnixSockets.accept(server.getFD())).isEqualTo(-Errno.EAGAIN);
      SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
      client.connect(UnixDomainSocketAddress.of(path.toPath()));
      int fd = UnixSockets.accept(server.getFD());
      assertThat(fd).isPositive();
      assertThat(Fd.isCloseOnExec(fd)).isTrue();

      UnixSockets.PeerCredentials peer = UnixSockets.peer(fd);
      assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(peer.uid()).isEqualTo(Users.effectiveUid());

      ByteBuffer bytes = ByteBuffer.allocateDirect(8);
      assertThat(Fd.read(fd, bytes)).isEqualTo(-Errno.EAGAIN);
      epoll.add(fd, Epoll.IN | Epoll.RDHUP, 9);
      client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
      assertThat(epoll.events(0)).isEqualTo(Epoll.IN);
      assertThat(Fd.read(fd, bytes)).isEqualTo(3);

      client.shutdownOutput();
      assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
      assertThat(epoll.events(0)).isEqualTo(Epoll.IN | Epoll.RDHUP);
      assertThat(Fd.read(fd, bytes)).isZero();

      client.close();
      assertThat(epoll.await(PLENTY_MILLIS)).isEqualTo(1);
      assertThat(epoll.events(0) & Epoll.HUP).isNotZero();
      bytes.clear();
      assertThat(Fd.send(fd, bytes)).isEqualTo(-Errno.EPIPE);
      Fd.close(fd);
    }
  }

  @Test
  void sendingToAPeerThatNeverReadsEndsWithEagain() throws Exception {
    File path = directory.resolve("socket").toFile();
    try (UnixServerSocketChannel server = UnixServerSocketChannel.open();
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.configureBlocking(false);
      server.socket().bind(new UnixSocketAddress(path));
      client.connect(UnixDomainSocketAddress.of(path.toPath()));
      int fd = UnixSockets.accept(server.getFD());
      Fd.setNonBlocking(fd, false);
      ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
      int last;
      do {
        bytes.clear();
        last = Fd.send(fd, bytes);
      } while (last > 0);
      assertThat(last).isEqualTo(-Errno.EAGAIN);
      Fd.close(fd);
    }
  }

  @Test
  void packingOfEventsFollowsTheProcessor() {
    assertThat(Architecture.of("amd64").epollEventBytes).isEqualTo(12);
    assertThat(Architecture.of("aarch64").epollEventBytes).isEqualTo(16);
    assertThat(Architecture.of("aarch64").epollDataOffset).isEqualTo(8);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Architecture.of("s390x"));
  }
}
