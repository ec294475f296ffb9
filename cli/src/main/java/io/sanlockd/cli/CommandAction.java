package io.sanlockd.cli;

import io.sanlockd.client.DaemonConnection;
import io.sanlockd.client.NativeTransport;
import io.sanlockd.client.Reply;
import io.sanlockd.client.Requests;
import io.sanlockd.client.TransportException;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Exec;
import io.sanlockd.posix.PosixException;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code command}: registers this process, takes leases and becomes another program, which inherits
 * the connection and with it the leases (cli.md 7).
 *
 * <p>The program finds the connection at descriptor 3, as with the C program in a clean
 * environment. Progress lines stay unwritten when standard output is not a terminal and the program
 * starts, so that its output is clean.
 */
final class CommandAction {
  private static final int PROGRAM_FD = 3;
  private static final int FAILED = 1;

  /** The C program's exit status when the program can not be started. */
  private static final int EXEC_FAILED = 0;

  private final Session session;
  private final ParsedOptions options;

  CommandAction(Session session) {
    this.session = session;
    this.options = session.options();
  }

  int run() {
    session.out().line("register");
    try (NativeTransport transport = NativeTransport.connect(session.invocation().endpoint());
        DaemonConnection connection = DaemonConnection.over(transport)) {
      int sent = connection.send(Requests.plain(Command.REGISTER));
      return sent < 0 ? session.done("register", sent) : registered(transport, connection);
    } catch (TransportException e) {
      session.connectionFailed();
      return session.done("register", e.number());
    }
  }

  private int registered(NativeTransport transport, DaemonConnection connection) {
    session.out().line("register done " + PROGRAM_FD);
    session.out().line("acquire fd " + PROGRAM_FD);
    Reply reply =
        connection.exchange(
            Requests.acquire(
                MessageHeader.THIS_CONNECTION,
                LeaseActions.acquireFlags(options),
                LeaseActions.wanted(options),
                Options.NONE));
    int status = session.done("acquire", reply.result());
    if (reply.result() < 0) {
      return status;
    }
    return options.program().isEmpty() ? sleepForever() : replace(transport);
  }

  private static int sleepForever() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
    return FAILED;
  }

  private int replace(NativeTransport transport) {
    List<String> words = new ArrayList<>();
    for (String word : options.program()) {
      words.add(characters(word));
    }
    try {
      checkExecutable(options.program().get(0));
      Exec.replace(words.get(0), words, transport.descriptor(), PROGRAM_FD);
      throw new IllegalStateException("exec returned");
    } catch (PosixException e) {
      session.out().flush();
      session.invocation().err().line("execv failed: " + Errno.text(e.errno()));
      return EXEC_FAILED;
    }
  }

  /**
   * Finds the usual failures before anything of this JVM is given up. A path the JVM may be unable
   * to express in the locale's character set is left to exec.
   */
  private static void checkExecutable(String path) throws PosixException {
    File program = new File(path);
    if (!RawArguments.isAscii(path) || (program.isFile() && program.canExecute())) {
      return;
    }
    throw new PosixException("execv", path, program.exists() ? Errno.EACCES : Errno.ENOENT);
  }

  /** The kernel's bytes again: this class has one char for each byte, exec wants characters. */
  private static String characters(String bytes) {
    return RawArguments.isAscii(bytes)
        ? bytes
        : new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
