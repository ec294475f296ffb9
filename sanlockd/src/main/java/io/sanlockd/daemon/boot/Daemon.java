package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.client.PidFdTable;
import io.sanlockd.daemon.command.Commands;
import io.sanlockd.daemon.command.Dispatcher;
import io.sanlockd.daemon.command.Shutdown;
import io.sanlockd.daemon.command.UseRecord;
import io.sanlockd.daemon.exposition.ScrapeServer;
import io.sanlockd.daemon.exposition.Sources;
import io.sanlockd.daemon.flight.FlightRecorder;
import io.sanlockd.daemon.incarnation.Incarnation;
import io.sanlockd.daemon.lockspace.BlockRequestSizes;
import io.sanlockd.daemon.lockspace.FileIdentity;
import io.sanlockd.daemon.lockspace.LockspaceSettings;
import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.lockspace.Lockspaces;
import io.sanlockd.daemon.lockspace.RenewalThreads;
import io.sanlockd.daemon.lockspace.RequestSizes;
import io.sanlockd.daemon.log.DaemonLog;
import io.sanlockd.daemon.loop.EventLoop;
import io.sanlockd.daemon.loop.Limits;
import io.sanlockd.daemon.loop.Listener;
import io.sanlockd.daemon.loop.LoopLog;
import io.sanlockd.daemon.recovery.DirectSignals;
import io.sanlockd.daemon.recovery.HelperLink;
import io.sanlockd.daemon.recovery.HelperProcess;
import io.sanlockd.daemon.recovery.LeaseRequests;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.daemon.resource.Resources;
import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.watchdog.WdmdConnector;
import io.sanlockd.daemon.watchdog.WdmdWatchdog;
import io.sanlockd.daemon.work.Descriptors;
import io.sanlockd.daemon.work.MainLoop;
import io.sanlockd.daemon.work.ThreadWorkers;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LoggedDisks;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Users;
import io.sanlockd.protocol.PayloadFraming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** All rooms, wired together. */
final class Daemon {
  /** Requests that may wait for a worker; more are refused with -12. */
  private static final int WAITING_REQUESTS = 4096;

  private static final int ROOT = 0;

  private final EventLoop loop;
  private final Listener listener;
  private final Supervisor supervisor;
  private final HelperLink helper;
  private final Shutdown shutdown;
  private final Precedence precedence;
  private final Optional<ScrapeServer> metrics;
  private final InternalErrors errors;

  private Daemon(
      EventLoop loop,
      Listener listener,
      Supervisor supervisor,
      HelperLink helper,
      Shutdown shutdown,
      Precedence precedence,
      Optional<ScrapeServer> metrics,
      InternalErrors errors) {
    this.loop = loop;
    this.listener = listener;
    this.supervisor = supervisor;
    this.helper = helper;
    this.shutdown = shutdown;
    this.precedence = precedence;
    this.metrics = metrics;
    this.errors = errors;
  }

  /**
   * Builds a daemon whose socket accepts connections. The caller holds the lock file.
   *
   * @param uid owner of the socket, -1 = leave
   * @param gid group of the socket, -1 = leave
   * @param keeper of the helper, when this process has given up root
   * @param flight hears what happens
   * @param termination is given what to do when a termination signal arrives, on any thread
   */
  static Daemon create(
      DaemonOptions options,
      LeaseName hostName,
      Incarnation incarnation,
      RunDirectory runDirectory,
      int uid,
      int gid,
      Optional<HelperProcess> keeper,
      DaemonLog log,
      FlightRecorder flight,
      Clock clock,
      Consumer<Runnable> termination)
      throws IOException {
    InternalErrors errors = new InternalErrors(log, flight);
    LeaseLog plain = log.prefixed("");
    Limits limits = Limits.standard().withinDescriptors(Fd.limit());
    EventLoop loop = new EventLoop(limits, loopLog(plain));
    MainLoop mainLoop = action -> loop.execute(() -> errors.guard(action));
    ThreadWorkers workers =
        new ThreadWorkers(options.maxWorkers, WAITING_REQUESTS, mainLoop, errors);
    DirectDisks direct = new DirectDisks(plain);
    DiskOpener disks = logged(direct, options, plain);
    Precedence precedence = new Precedence(options.mlockLevel, options.highPriority != 0, plain);
    LockspaceSettings settings =
        new LockspaceSettings(
            hostName,
            options.ioTimeout,
            options.renewalReadExtendSeconds,
            options.setBitmapSeconds,
            options.renewalHistorySize);
    HelperLink helper =
        new HelperLink(
            HelperCommand.fromLauncher(options.foreground),
            options.foreground,
            descriptors(loop),
            workers,
            clock,
            plain,
            flight);
    Lockspaces lockspaces =
        new Lockspaces(
            settings,
            options.fireTimeout,
            disks,
            new FileIdentity(),
            requestSizes(options, helper, mainLoop),
            options.useWatchdog == 0
                ? Watchdog.NONE
                : new WdmdWatchdog(
                    WdmdConnector.fromEnvironment(), clock, options.graceSeconds(), flight),
            incarnation,
            clock,
            mainLoop,
            new RenewalThreads(precedence::enterThread, errors),
            log::prefixed,
            flight);
    Resources resources =
        new Resources(
            workers,
            disks,
            clock,
            bound -> ThreadLocalRandom.current().nextLong(bound),
            options.sharedRetries,
            log::prefixed,
            flight);
    Clients clients = new Clients();
    Supervisor supervisor =
        new Supervisor(
            lockspaces,
            clients,
            resources,
            new DirectSignals(helper),
            helper::runPath,
            clock,
            options.graceSeconds(),
            log::prefixed,
            flight);
    LeaseRequests requests =
        new LeaseRequests(
            resources, new DirectSignals(helper), helper::runPath, log::prefixed, flight);
    lockspaces.onRequest(requests::examine);
    Shutdown shutdown = new Shutdown(lockspaces, workers, clock, plain);
    // Before the socket exists: whoever sees the socket may send a signal.
    termination.accept(() -> mainLoop.execute(() -> shutdown.request(false)));
    Listener listener = Listener.bind(Path.of(runDirectory.socket()), uid, gid);
    PidFdTable processes = new PidFdTable(() -> !loop.isFull());
    loop.countBesides(processes::count);
    Dispatcher dispatcher =
        Commands.dispatcher(
            clients,
            lockspaces,
            resources,
            supervisor,
            requests,
            shutdown,
            workers,
            disks,
            processes,
            useRecord(workers, incarnation),
            clock,
            facts(options, hostName, uid, gid),
            () -> helperFacts(helper),
            log::dump,
            listener.fd(),
            options.writeInitIoTimeout * Clock.SECOND_NANOS,
            plain);
    loop.listen(listener.fd(), PayloadFraming::required, dispatcher);
    Optional<ScrapeServer> metrics = Optional.empty();
    if (options.servesMetrics()) {
      Sources sources =
          new Sources(
              hostName,
              options.useWatchdog != 0,
              limits.connections(),
              loop::clientDescriptors,
              clock,
              lockspaces,
              clients,
              resources,
              supervisor,
              requests.stops(),
              dispatcher.counts(),
              loop.turnTimes(),
              () -> helperFacts(helper),
              workers::requestWorkers,
              workers::backgroundWorkers,
              () -> new Sources.DiskFacts(direct.timeouts(), direct.late()));
      metrics = Monitoring.start(options, runDirectory, uid, gid, sources, mainLoop, plain);
    }
    precedence.lockMemory();
    if (keeper.isPresent()) {
      helper.useKeeper(keeper.get());
    } else {
      helper.start();
    }
    return new Daemon(loop, listener, supervisor, helper, shutdown, precedence, metrics, errors);
  }

  /** Runs on the calling thread, the main loop, until shutdown. */
  void run() throws IOException {
    try {
      precedence.enterThread();
      loop.run(this::duty);
    } catch (RuntimeException | Error e) {
      errors.accept(e);
    }
    metrics.ifPresent(ScrapeServer::close);
    loop.close();
    listener.close();
  }

  private static DiskOpener logged(DirectDisks direct, DaemonOptions options, LeaseLog log) {
    return options.logIoSubmit || options.logIoComplete
        ? new LoggedDisks(direct, log, options.logIoSubmit, options.logIoComplete)
        : direct;
  }

  private int duty() {
    int nextMillis = supervisor.pass();
    helper.check();
    if (shutdown.due()) {
      shutdown.answerWaiters();
      loop.stop();
    }
    return nextMillis;
  }

  private static HelperFacts helperFacts(HelperLink helper) {
    return new HelperFacts(
        helper.pid(),
        helper.messageFd(),
        helper.fullCount(),
        helper.lastStatusSeconds(),
        helper.starts());
  }

  private static DaemonFacts facts(DaemonOptions options, LeaseName hostName, int uid, int gid) {
    return new DaemonFacts(
        hostName,
        options.useWatchdog,
        options.highPriority,
        options.mlockLevel,
        options.quietFail,
        options.debugRenew,
        options.debugClients,
        options.debugCommands,
        options.renewalHistorySize,
        Math.max(0, gid),
        Math.max(0, uid),
        options.sharedRetries,
        options.maxSectors,
        options.maxWorkers,
        options.writeInitIoTimeout,
        options.useAio,
        options.graceSeconds());
  }

  /** Files are written by workers. */
  private static UseRecord useRecord(Workers workers, Incarnation incarnation) {
    return new UseRecord() {
      @Override
      public void client(int pid, Consumer<Boolean> then) {
        workers.run(() -> incarnation.client(pid), then);
      }

      @Override
      public void lockspace(LockspaceSpec spec, Consumer<Boolean> then) {
        workers.run(() -> incarnation.usedByOthers(spec), then);
      }
    };
  }

  private static RequestSizes requestSizes(
      DaemonOptions options, HelperLink helper, MainLoop mainLoop) {
    return new BlockRequestSizes(
        options.maxSectors,
        Path.of(BlockRequestSizes.DIRECTORY),
        Users.effectiveUid() == ROOT,
        (path, value) -> mainLoop.execute(() -> helper.writeSysfs(path, value)));
  }

  private static Descriptors descriptors(EventLoop loop) {
    return new Descriptors() {
      @Override
      public void watch(int fd, Runnable onReady) throws PosixException {
        loop.watch(fd, events -> onReady.run());
      }

      @Override
      public void unwatch(int fd) {
        loop.unwatch(fd);
      }
    };
  }

  private static LoopLog loopLog(LeaseLog log) {
    return new LoopLog() {
      @Override
      public void error(String message) {
        log.error(message);
      }

      @Override
      public void debug(String message) {
        log.debug(message);
      }
    };
  }
}
