package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.ProcessTable;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.PosixException;

/**
 * REGISTER: from now on the connection stands for the process that opened it. No reply (protocol.md
 * 8.1).
 */
final class RegisterCommand implements CommandHandler.Open {
  private final ProcessTable processes;
  private final LeaseLog log;

  RegisterCommand(ProcessTable processes, LeaseLog log) {
    this.processes = processes;
    this.log = log;
  }

  @Override
  public void run(Request request) {
    Client client = request.client();
    int pid = request.connection().peer().pid();
    if (client.registered()) {
      log.error("register of pid " + pid + " repeated, the first one stays");
      request.finish();
    } else if (pid <= 0) {
      log.error("register from a process that is not visible here");
      request.connection().close();
    } else {
      register(request, pid);
    }
  }

  private void register(Request request, int pid) {
    try {
      request.client().register(pid, processes.find(pid));
      request.connection().markRegistered();
      request.finish();
    } catch (PosixException e) {
      // A process that could not be stopped when its lockspace fails must not get a lease.
      log.error("register of pid " + pid + " refused: " + e.getMessage());
      request.connection().close();
    }
  }
}
