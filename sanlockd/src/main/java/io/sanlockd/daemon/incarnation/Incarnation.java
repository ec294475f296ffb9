package io.sanlockd.daemon.incarnation;

import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * This life of the daemon. Writes down every membership and every registered process before either
 * may matter, and judges by the record of the life before whether a lockspace may be joined again
 * without the long wait. Thread-safe; waits for the file, so never for the main loop.
 *
 * <p>The record need not survive a loss of power: what is missing in it can only make us wait.
 */
public final class Incarnation implements Rejoin {
  /** Name of the record in the run directory. */
  public static final String FILE = "sanlock.incarnation";

  private static final int LARGEST_RECORD_BYTES = 16 << 20;

  /** After so many processes those that are gone are taken out. */
  private static final int COMPACT_AFTER = 4096;

  private final Path file;
  private final LeaseName hostName;
  private final Machine machine;
  private final ProcessLife processes;
  private final LeaseLog log;
  private final Optional<Predecessor> predecessor;
  private final Map<String, Own> spaces = new HashMap<>();
  private final Map<Integer, Long> clients = new HashMap<>();
  private final Set<String> usedByOthers = new HashSet<>();
  private int clientsSinceCompaction;
  private boolean writable;

  /** A membership of this life. */
  private record Own(long generation, boolean left) {}

  private Incarnation(
      Path file, LeaseName hostName, Machine machine, ProcessLife processes, LeaseLog log) {
    this.file = file;
    this.hostName = hostName;
    this.machine = machine;
    this.processes = processes;
    this.log = log;
    this.predecessor = readPredecessor();
  }

  /**
   * Reads the record of the life before and begins that of this one. The caller holds the lock of
   * the run directory: nobody else writes there.
   */
  public static Incarnation begin(
      Path runDirectory, LeaseName hostName, Machine machine, ProcessLife processes, LeaseLog log) {
    Incarnation incarnation =
        new Incarnation(runDirectory.resolve(FILE), hostName, machine, processes, log);
    incarnation.rewrite();
    return incarnation;
  }

  private Optional<Predecessor> readPredecessor() {
    try {
      if (Files.size(file) > LARGEST_RECORD_BYTES) {
        log.warning(file + " is not used, it is too large");
        return Optional.empty();
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      Optional<Predecessor> found = Predecessor.parse(text);
      if (found.isEmpty()) {
        log.warning(file + " is damaged; lockspaces are joined with the full wait");
      }
      return found;
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      log.warning(file + " can not be read: " + e);
      return Optional.empty();
    }
  }

  @Override
  public synchronized boolean allowed(LockspaceSpec spec, LeaderRecord held) {
    if (!held.resourceName().equals(hostName)) {
      return false;
    }
    Own own = spaces.get(spec.toString());
    if (own != null) {
      return own.left && own.generation == held.ownerGeneration();
    }
    boolean proven =
        predecessor.isPresent()
            && predecessor
                .get()
                .provesDeath(
                    spec.toString(),
                    hostName.toString(),
                    held.ownerGeneration(),
                    machine,
                    processes);
    log.warning(
        spec
            + " generation "
            + held.ownerGeneration()
            + (proven
                ? ": no process of the former daemon can still run, joining without the long wait"
                : ": not proven that all processes of the former daemon are gone, full wait"));
    return proven;
  }

  @Override
  public synchronized void joined(LockspaceSpec spec, long generation) {
    spaces.put(spec.toString(), new Own(generation, false));
    usedByOthers.remove(spec.toString());
    append(joinedLine(spec.toString(), generation));
  }

  @Override
  public synchronized void left(LockspaceSpec spec) {
    Own own = spaces.get(spec.toString());
    if (own != null) {
      spaces.put(spec.toString(), new Own(own.generation, true));
      append(RecordLine.encode(RecordLine.LEFT, spec.toString()));
    }
  }

  /**
   * A process that did not register uses the lockspace.
   *
   * @return whether a later daemon will know, or will know nothing
   */
  public synchronized boolean usedByOthers(LockspaceSpec spec) {
    return !usedByOthers.add(spec.toString())
        || append(RecordLine.encode(RecordLine.USED, spec.toString()));
  }

  /**
   * A process registers; from now on it may use leases.
   *
   * @return whether a later daemon will know, or will know nothing; otherwise the process must not
   *     get any lease
   */
  public synchronized boolean client(int pid) {
    long start = processes.startTicks(pid);
    Long before = clients.put(pid, start);
    if (before != null && before == start && writable) {
      return true;
    }
    if (++clientsSinceCompaction > COMPACT_AFTER) {
      clients.entrySet().removeIf(c -> processes.gone(c.getKey(), c.getValue()));
      return rewrite();
    }
    return append(clientLine(pid, start));
  }

  private String joinedLine(String spec, long generation) {
    return RecordLine.encode(
        RecordLine.JOINED, spec, hostName.toString(), Long.toString(generation));
  }

  private static String clientLine(int pid, long start) {
    return RecordLine.encode(RecordLine.CLIENT, Integer.toString(pid), Long.toString(start));
  }

  /** Everything known, in a new file that then takes the place of the old one. */
  private boolean rewrite() {
    clientsSinceCompaction = 0;
    StringBuilder text =
        new StringBuilder(
            RecordLine.encode(
                RecordLine.HEAD, machine.bootId(), machine.pidNamespace(), machine.hardware()));
    spaces.forEach(
        (spec, own) -> {
          text.append(joinedLine(spec, own.generation));
          if (own.left) {
            text.append(RecordLine.encode(RecordLine.LEFT, spec));
          }
        });
    usedByOthers.forEach(spec -> text.append(RecordLine.encode(RecordLine.USED, spec)));
    clients.forEach((pid, start) -> text.append(clientLine(pid, start)));
    Path fresh = file.resolveSibling(FILE + ".new");
    try {
      Files.deleteIfExists(fresh);
      write(fresh, text.toString(), StandardOpenOption.CREATE_NEW);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      writable = true;
      return true;
    } catch (IOException e) {
      return distrust(e);
    }
  }

  private boolean append(String line) {
    if (!writable) {
      return rewrite();
    }
    try {
      write(file, line, StandardOpenOption.APPEND);
      return true;
    } catch (IOException e) {
      return distrust(e);
    }
  }

  private static void write(Path to, String text, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE, how)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** A record that can not be kept complete must not be believed: without one there is the wait. */
  private boolean distrust(IOException cause) {
    writable = false;
    try {
      Files.deleteIfExists(file);
      log.error(file + " can not be written, a restarted daemon will wait: " + cause);
      return true;
    } catch (IOException e) {
      log.error(file + " can neither be written nor removed: " + cause + ", " + e);
      return false;
    }
  }
}
