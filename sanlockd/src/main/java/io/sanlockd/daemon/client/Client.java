package io.sanlockd.daemon.client;

import io.sanlockd.daemon.resource.Token;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One connection. Once registered it stands for a process: the process holds the leases in {@link
 * #tokens}, and the end of the connection is its end. Main loop only, but for {@link #gone}.
 */
public final class Client {
  /** No process: not registered, or dead. */
  public static final int NO_PID = -1;

  private final int slot;
  private final int fd;
  private final List<Token> tokens = new ArrayList<>();

  private final List<Runnable> recordWaiters = new ArrayList<>();

  private boolean registered;
  private boolean recorded;
  private boolean connected = true;
  private volatile boolean gone;
  private int pid = NO_PID;
  private Optional<PeerProcess> process = Optional.empty();
  private String ownerName = "";
  private int activeCommand;
  private int lastCommand;
  private boolean suspended;
  private int restrictions;
  private final KillRecord kills = new KillRecord();
  private Optional<KillProgram> killProgram = Optional.empty();
  private Runnable whenGone = () -> {};

  /**
   * A connection that has not said anything yet.
   *
   * @param slot index shown as {@code ci}
   * @param fd descriptor number, for display
   */
  public Client(int slot, int fd) {
    this.slot = slot;
    this.fd = fd;
  }

  /**
   * The process behind the connection registers.
   *
   * @param peer the process itself, so that a signal can not hit another one that got its number;
   *     empty when it is gone already
   */
  public void register(int newPid, Optional<PeerProcess> peer) {
    registered = true;
    pid = newPid;
    process = peer;
    ownerName = Integer.toString(newPid);
  }

  /**
   * Runs {@code action} when the process is written down for a daemon that may come after this one,
   * or its connection was closed because it could not be: no lease before that.
   */
  public void whenRecorded(Runnable action) {
    if (recorded) {
      action.run();
    } else {
      recordWaiters.add(action);
    }
  }

  /** The process is written down, or its connection closed. */
  public void recorded() {
    recorded = true;
    List<Runnable> waiters = List.copyOf(recordWaiters);
    recordWaiters.clear();
    waiters.forEach(Runnable::run);
  }

  /** The connection has ended. */
  public void disconnected() {
    peerGone();
    connected = false;
    pid = NO_PID;
  }

  /** The peer has closed the connection, though a request of it may still be under way. */
  public void peerGone() {
    gone = true;
    whenGone.run();
  }

  /** What the command that runs for this client does when {@link #gone} becomes true. */
  public void whenGone(Runnable action) {
    whenGone = action;
  }

  /** Whether nobody waits for this client's requests any more. Any thread. */
  public boolean gone() {
    return gone;
  }

  /** Closes what is held open for the process; it has no lease any more. */
  public void discard() {
    process.ifPresent(PeerProcess::close);
    process = Optional.empty();
  }

  /** Index in the table of connections. */
  public int slot() {
    return slot;
  }

  /** Descriptor number, for display only. */
  public int fd() {
    return fd;
  }

  /** Whether REGISTER was received. */
  public boolean registered() {
    return registered;
  }

  /** Whether the connection is open. */
  public boolean connected() {
    return connected;
  }

  /** The registered pid, or {@link #NO_PID}. */
  public int pid() {
    return pid;
  }

  /** The process, empty when it was gone before it could be looked at, or not registered. */
  public Optional<PeerProcess> process() {
    return process;
  }

  /** The leases held, oldest first. */
  public List<Token> tokens() {
    return tokens;
  }

  /** The oldest use of a resource, if it holds it. */
  public Optional<Token> token(LeaseName space, LeaseName name) {
    return tokens.stream()
        .filter(token -> token.resource().space().equals(space))
        .filter(token -> token.resource().name().equals(name))
        .findFirst();
  }

  /** Name shown by STATUS. */
  public String ownerName() {
    return ownerName;
  }

  /** Sets the name shown by STATUS. */
  public void ownerName(String name) {
    ownerName = name;
  }

  /** Number of the command that is running for this process, 0 = none. */
  public int activeCommand() {
    return activeCommand;
  }

  /** Notes that a command runs for this process, 0 = no longer. */
  public void activeCommand(int command) {
    activeCommand = command;
  }

  /** Number of the last command received on this connection. */
  public int lastCommand() {
    return lastCommand;
  }

  /** Notes a command received on this connection. */
  public void lastCommand(int command) {
    lastCommand = command;
  }

  /** Whether a command that came in on this connection is being served. */
  public boolean suspended() {
    return suspended;
  }

  /** Notes that a command that came in on this connection is being served. */
  public void suspended(boolean serving) {
    suspended = serving;
  }

  /** Restriction mask of RESTRICT. */
  public int restrictions() {
    return restrictions;
  }

  /** Replaces the restriction mask. */
  public void restrictions(int mask) {
    restrictions = mask;
  }

  /** What was done to stop the process because its lockspace fails or is removed. */
  public KillRecord kills() {
    return kills;
  }

  /** What stops the process gracefully, empty = SIGTERM. */
  public Optional<KillProgram> killProgram() {
    return killProgram;
  }

  /** Replaces what stops the process gracefully. */
  public void killProgram(Optional<KillProgram> program) {
    killProgram = program;
  }
}
