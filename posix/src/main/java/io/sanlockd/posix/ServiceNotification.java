package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Tells the service manager that started this program how it is (sd_notify). A program that is
 * expected to do so stays in the foreground: the service manager watches the process that it
 * started, and would not wait for the end of another one that was not its child yet when it heard
 * of it.
 */
public final class ServiceNotification {
  /** Environment variable that names the service manager's socket. */
  public static final String SOCKET = "NOTIFY_SOCKET";

  /** This process serves its clients: the start has succeeded. */
  public static final String READY = "READY=1";

  private ServiceNotification() {}

  /** The service manager's socket, empty when nobody wants to hear anything. */
  public static String socket() {
    return System.getenv().getOrDefault(SOCKET, "");
  }

  /**
   * Sends a state. Never waits.
   *
   * @param socket of the service manager; nothing is sent when empty
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
