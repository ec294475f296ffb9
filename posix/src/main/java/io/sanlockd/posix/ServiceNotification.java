package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Tells the service manager that started this program how it is (sd_notify). */
public final class ServiceNotification {
  /** Environment variable that names the service manager's socket. */
  public static final String SOCKET = "NOTIFY_SOCKET";

  private ServiceNotification() {}

  /**
   * The state of a process that serves its clients: a start has succeeded, and this is who runs.
   */
  public static String ready() {
    return "READY=1\nMAINPID=" + ProcessHandle.current().pid();
  }

  /**
   * Sends a state. Never waits.
   *
   * @param socket value of {@link #SOCKET}, empty when nobody wants to hear anything
   * @param state ASCII, assignments in lines
   */
  public static void send(String socket, String state) throws PosixException {
    if (socket.isEmpty()) {
      return;
    }
    int fd = UnixSockets.connectDatagram(socket);
    try {
      byte[] bytes = state.getBytes(StandardCharsets.US_ASCII);
      int sent = Fd.send(fd, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
      if (sent < 0) {
        throw new PosixException("send", socket, -sent);
      }
    } finally {
      Fd.close(fd);
    }
  }
}
