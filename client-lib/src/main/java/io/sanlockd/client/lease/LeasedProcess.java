package io.sanlockd.client.lease;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.TransportException;
import io.sanlockd.client.WatchedConnection;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child process that holds a lease itself: the lease lives as long as the child, not as this
 * process, and it is the child that the daemon stops when the lockspace fails. That is what a
 * virtual machine or a database needs; a child of a {@link Lease} of this process would go on
 * running without any lease when this process dies.
 *
 * <p>The child is started through {@code sanlock client command}, which registers, takes the lease
 * and becomes the program, keeping its pid. When the daemon dies, or does not confirm in time that
 * it renews, the child is killed from here; so it is when the {@link Leases} are closed, since
 * nobody would watch it any more. Threads may share the object.
 */
public final class LeasedProcess implements AutoCloseable {
  private static final String SOCKET_NAME = "/sanlock.sock";
  private static final long FIRST_LOOK_MILLIS = 20;
  private static final long LONGEST_LOOK_MILLIS = 1000;

  private final Leases leases;
  private final Process process;
  private final WatchedConnection watch;
  private final Holding holding;

  private LeasedProcess(
      Leases leases,
      LeaseResource resource,
      Process process,
      WatchedConnection watch,
      long askedNanos,
      Snapshot snapshot) {
    this.leases = leases;
    this.process = process;
    this.watch = watch;
    this.holding =
        new Holding(
            resource,
            LeaseMode.EXCLUSIVE,
            (int) process.pid(),
            new Killing(),
            System::nanoTime,
            askedNanos,
            snapshot);
  }

  /** Kills the child when its lease is lost. */
  private final class Killing implements Holding.Observer {
    @Override
    public void lost(LeaseLoss loss) {
      Process unused = process.destroyForcibly();
    }

    @Override
    public void renewalLate(Duration sinceRenewal) {
      // There is time left.
    }

    @Override
    public void renewed() {
      // As it should be.
    }
  }

  /**
   * Starts a program and waits until it holds the lease. While the owner is silent but not yet
   * certainly dead, the daemon lets the child wait for that, and so this waits, too: 8 io_timeouts
   * and a minute or more. An interrupt ends the waiting and the child.
   *
   * @param sanlock the command line program, as in {@code /usr/sbin/sanlock}
   * @param builder program, arguments, directory, environment and streams of the child; its command
   *     is not changed
   * @throws LeaseUnavailableException when it did not get the lease because somebody else has it
   * @throws SanlockException when it did not get the lease; -201 when nobody knows why: its
   *     standard error does, or it ended so soon that nobody saw it hold the lease
   */
  public static LeasedProcess start(
      Leases leases, Path sanlock, LeaseResource resource, ProcessBuilder builder)
      throws SanlockException, IOException, InterruptedException {
    WatchedConnection watch = connect(leases);
    Process process = null;
    boolean isHolding = false;
    try {
      process = under(leases.client().endpoint(), sanlock, resource, builder).start();
      LeasedProcess leased = awaitHolding(leases, resource, process, watch);
      isHolding = true;
      leased.begin();
      return leased;
    } finally {
      if (!isHolding) {
        watch.close();
        if (process != null) {
          Process unused = process.destroyForcibly();
        }
      }
    }
  }

  private static WatchedConnection connect(Leases leases) throws SanlockException {
    leases.ensureOpen();
    try {
      return leases.watcher().connect(leases.client().endpoint());
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.REGISTER);
    }
  }

  private static ProcessBuilder under(
      Endpoint endpoint, Path sanlock, LeaseResource resource, ProcessBuilder program) {
    List<String> command =
        new ArrayList<>(
            List.of(sanlock.toString(), "client", "command", "-r", resource.toString(), "-c"));
    command.addAll(program.command());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(program.directory())
            .redirectErrorStream(program.redirectErrorStream())
            .redirectInput(program.redirectInput())
            .redirectOutput(program.redirectOutput())
            .redirectError(program.redirectError());
    builder.environment().clear();
    builder.environment().putAll(program.environment());
    String socket = endpoint.socketPath();
    if (socket.endsWith(SOCKET_NAME)) {
      builder
          .environment()
          .put(
              Endpoint.RUN_DIR_VARIABLE,
              socket.substring(0, socket.length() - SOCKET_NAME.length()));
    }
    return builder;
  }

  private static LeasedProcess awaitHolding(
      Leases leases, LeaseResource resource, Process process, WatchedConnection watch)
      throws SanlockException, InterruptedException {
    int pid = (int) process.pid();
    long lookMillis = FIRST_LOOK_MILLIS;
    while (true) {
      boolean hasEnded = process.waitFor(lookMillis, TimeUnit.MILLISECONDS);
      lookMillis = Math.min(2 * lookMillis, LONGEST_LOOK_MILLIS);
      long askedNanos = System.nanoTime();
      Snapshot snapshot = Snapshot.take(leases.client());
      boolean isListed =
          snapshot.holdings(resource.named(LeaseMode.EXCLUSIVE)).stream()
              .anyMatch(holding -> holding.pid() == pid);
      if (isListed) {
        return new LeasedProcess(leases, resource, process, watch, askedNanos, snapshot);
      }
      if (hasEnded) {
        throw refused(leases, resource);
      }
    }
  }

  private static SanlockException refused(Leases leases, LeaseResource resource)
      throws SanlockException {
    SanlockException unknown = new SanlockException(ResultCode.ERROR.number(), Command.ACQUIRE);
    List<LeaseOwner> owners = leases.owners(resource);
    return owners.isEmpty() ? unknown : new LeaseUnavailableException(unknown, owners);
  }

  private void begin() {
    leases.monitor().add(holding);
    watch.whenEnded().thenAccept(reason -> leases.connectionEnded(holding, reason));
    CompletableFuture<Void> unused = process.onExit().thenAccept(ended -> end());
  }

  private void end() {
    holding.close();
    leases.monitor().remove(holding);
    watch.close();
  }

  /** The child, for its streams, exit status and end. */
  public Process process() {
    return process;
  }

  /** The proof of its holding. */
  public FencingToken token() {
    return holding.token();
  }

  /** Whether it runs and holds the lease, as {@link Lease#isHeld} says it. */
  public boolean isHeld() {
    return process.isAlive() && holding.isHeld();
  }

  /** Why it lost the lease and was killed; empty while it runs or when it ended by itself. */
  public Optional<LeaseLoss> loss() {
    return holding.loss();
  }

  /** Asks the child to end; its lease is given back when it does. */
  public void terminate() {
    process.destroy();
  }

  /** Kills the child and waits for its end, which gives the lease back. */
  @Override
  public void close() {
    Process unused = process.destroyForcibly().onExit().join();
  }
}
