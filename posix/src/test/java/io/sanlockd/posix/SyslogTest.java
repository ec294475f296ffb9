package io.sanlockd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages as a syslog daemon receives them. */
class SyslogTest {
  private static final String HEAD =
      "\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d someone\\[" + ProcessHandle.current().pid() + "\\]: ";

  @TempDir Path directory;

  private Path socket() {
    return directory.resolve("log");
  }

  private UnixDatagramChannel listen() throws IOException {
    return UnixDatagramChannel.open().bind(new UnixSocketAddress(socket().toFile()));
  }

  private static String receive(UnixDatagramChannel receiver) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(8192);
    receiver.receive(in);
    return new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aLineCarriesPriorityTimeAndSender() throws IOException {
    try (UnixDatagramChannel receiver = listen();
        Syslog syslog = new Syslog("someone", socket().toString())) {
      syslog.send(Syslog.WARNING, "text \u00e4");
      assertThat(receive(receiver)).matches("<28>" + HEAD + "text \u00e4");
      syslog.send(Syslog.ERROR, "x".repeat(5000));
      assertThat(receive(receiver)).hasSize(4096).matches("<27>" + HEAD + "x+");
    }
  }

  @Test
  void withoutADaemonMessagesAreDroppedAndALaterOneIsFound() throws IOException {
    try (Syslog syslog = new Syslog("someone", socket().toString())) {
      assertThatCode(() -> syslog.send(Syslog.ERROR, "lost")).doesNotThrowAnyException();
      try (UnixDatagramChannel receiver = listen()) {
        syslog.send(Syslog.ERROR, "first");
        assertThat(receive(receiver)).endsWith("first");
      }
      Files.delete(socket());
      syslog.send(Syslog.ERROR, "lost");
      try (UnixDatagramChannel receiver = listen()) {
        syslog.send(Syslog.ERROR, "second");
        assertThat(receive(receiver)).endsWith("second");
      }
    }
  }
}
