package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.PidFd;
import io.sanlockd.posix.PosixException;

/**
 * REGISTER: from now on the connection stands for the process that opened it. No reply (protocol.md
 * 8.1).
 */
final class RegisterCommand implements CommandHandler.Open {
  private final LeaseLog log;

  RegisterCommand(LeaseLog log) {
    this.log = log;
  }

  @Override
  public void run(Request request) {
    Client client = request.client();
    int pid = request.connection().peer().pid();
    if (client.registered()) {
      log.error("register of pid " + pid + " repeated, the first one stays");
    } else if (pid <= 0) {
      log.error("register from a process that is not visible here");
      request.connection().close();
      return;
    } else {
      client.register(pid, processOf(pid));
      request.connection().markRegistered();
    }
    request.finish();
  }

  /** Null when the process is gone already: the end of its connection is on its way. */
  private PidFd processOf(int pid) {
    try {
      return PidFd.open(pid);
    } catch (PosixException e) {
      log.error("register of pid " + pid + ": " + e.getMessage());
      return null;
    }
  }
}
