package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.client.ProcessTable;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.log.LogText;
import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.protocol.Command;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** The table of commands the daemon offers. */
public final class Commands {
  private Commands() {}

  /**
   * Connects every command to the rooms it works with.
   *
   * @param uses writes down who may use leases
   * @param helper what the helper process is doing
   * @param logDump the text of LOG_DUMP
   * @param listenerFd for display
   * @param writeInitTimeoutNanos limit of one initialisation write
   */
  public static Dispatcher dispatcher(
      Clients clients,
      Lockspaces lockspaces,
      Resources resources,
      Supervisor supervisor,
      LeaseRequests requests,
      Shutdown shutdown,
      Workers workers,
      DiskOpener opener,
      ProcessTable processes,
      UseRecord uses,
      Clock clock,
      DaemonFacts facts,
      Supplier<HelperFacts> helper,
      Supplier<LogText> logDump,
      int listenerFd,
      long writeInitTimeoutNanos,
      LeaseLog log) {
    TargetCommands targets = new TargetCommands(clients, supervisor);
    DiskCommands disks = new DiskCommands(workers, opener, clock, writeInitTimeoutNanos, log);
    Map<Command, CommandHandler> table = new EnumMap<>(Command.class);
    table.put(Command.REGISTER, new RegisterCommand(processes, uses, log));
    table.put(Command.RESTRICT, new RestrictCommand());
    table.put(Command.VERSION, new VersionCommand());
    table.put(
        Command.STATUS,
        new StatusCommand(facts, helper, clients, lockspaces, resources, clock, listenerFd));
    table.put(Command.LOG_DUMP, new LogDumpCommand(logDump));
    table.put(Command.ADD_LOCKSPACE, new LockspaceCommands.Add(lockspaces));
    table.put(Command.INQ_LOCKSPACE, new LockspaceCommands.Inquire(lockspaces));
    table.put(Command.REM_LOCKSPACE, new LockspaceCommands.Remove(lockspaces, resources));
    table.put(Command.SET_CONFIG, new LockspaceCommands.SetConfig(lockspaces, uses));
    table.put(Command.REG_EVENT, new EventCommands.Register(lockspaces, clients, log));
    table.put(Command.END_EVENT, new EventCommands.End(lockspaces));
    table.put(Command.SET_EVENT, new EventCommands.Set(lockspaces, clock, log));
    table.put(Command.GET_LOCKSPACES, new HostCommands.GetLockspaces(lockspaces));
    table.put(Command.GET_HOSTS, new HostCommands.GetHosts(lockspaces));
    table.put(Command.HOST_STATUS, new HostCommands.HostStatus(lockspaces));
    table.put(Command.RENEWAL, new HostCommands.Renewals(lockspaces));
    table.put(Command.ALIGN, open(disks::align));
    table.put(Command.WRITE_LOCKSPACE, open(disks::writeLockspace));
    table.put(Command.WRITE_RESOURCE, open(disks::writeResource));
    table.put(Command.READ_LOCKSPACE, open(disks::readLockspace));
    table.put(Command.READ_RESOURCE, open(disks::readResource));
    table.put(Command.SHUTDOWN, open(shutdown::shutdown));
    table.put(Command.SHUTDOWN_WAIT, open(shutdown::shutdownWait));
    table.put(Command.READ_RESOURCE_OWNERS, open(disks::readOwners));
    table.put(Command.READ_LOCKSPACE_HOST, open(disks::readLockspaceHost));
    AcquireCommand.Answer plain = (request, outcome) -> request.reply(outcome.result());
    AcquireCommand.Answer withOwner = new Acquire2Answer(workers, opener, log);
    table.put(Command.ACQUIRE, new AcquireCommand(lockspaces, resources, targets, plain));
    table.put(Command.ACQUIRE2, new AcquireCommand(lockspaces, resources, targets, withOwner));
    table.put(Command.RELEASE, new ReleaseCommand(resources, targets));
    table.put(Command.CONVERT, new ConvertCommand(resources, targets));
    table.put(Command.KILLPATH, new KillpathCommand(targets));
    table.put(Command.INQUIRE, new InquireCommand(targets, workers));
    table.put(Command.SET_LVB, new ValueBlockCommands.Set(resources));
    table.put(Command.GET_LVB, new ValueBlockCommands.Get(resources));
    table.put(Command.REQUEST, new RequestCommand(lockspaces, resources, clock));
    IndexCommands indexes =
        new IndexCommands(lockspaces, resources.indexes(writeInitTimeoutNanos), disks);
    table.put(Command.FORMAT_RINDEX, open(indexes::format));
    table.put(Command.UPDATE_RINDEX, open(indexes::update));
    table.put(Command.LOOKUP_RINDEX, open(indexes::lookup));
    table.put(Command.CREATE_RESOURCE, open(indexes::create));
    table.put(Command.DELETE_RESOURCE, open(indexes::delete));
    table.put(Command.REBUILD_RINDEX, open(indexes::rebuild));
    table.put(Command.EXAMINE_LOCKSPACE, new ExamineCommands.InLockspace(requests));
    table.put(Command.EXAMINE_RESOURCE, new ExamineCommands.OfResource(requests));
    CommandTrace trace = new CommandTrace(log, facts.debugCommands());
    return new Dispatcher(clients, supervisor, targets, table, trace, log);
  }

  /** Gives a method reference the type that says that any connection may send the command. */
  private static CommandHandler.Open open(CommandHandler.Open handler) {
    return handler;
  }
}
