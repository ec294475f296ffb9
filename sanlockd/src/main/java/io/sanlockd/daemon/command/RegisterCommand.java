package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.PeerProcess;
import io.sanlockd.daemon.client.ProcessTable;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.PosixException;
import java.util.Optional;

/**
 * REGISTER: from now on the connection stands for the process that opened it. No reply (protocol.md
 * 8.1).
 */
final class RegisterCommand implements CommandHandler.Open {
  private final ProcessTable processes;
  private final UseRecord record;
  private final LeaseLog log;

  RegisterCommand(ProcessTable processes, UseRecord record, LeaseLog log) {
    this.processes = processes;
    this.record = record;
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

  /** A process that could not be stopped when its lockspace fails must not get a lease. */
  private void register(Request request, int pid) {
    Optional<PeerProcess> process;
    try {
      process = processes.find(pid);
    } catch (PosixException e) {
      log.error("register of pid " + pid + " refused: " + e.getMessage());
      request.connection().close();
      return;
    }
    Client client = request.client();
    client.register(pid, process);
    request.connection().markRegistered();
    record.client(
        pid,
        recorded -> {
          if (!recorded) {
            log.error("register of pid " + pid + " refused, it can not be recorded");
            request.connection().close();
          }
          client.recorded();
        });
    request.finish();
  }
}
