package io.sanlockd.cli;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Errno;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code sanlock direct read_leader} and the repair tool {@code write_leader} (cli.md 8). Of a
 * lease with several disks the first one is read and written.
 */
final class LeaderActions {
  private static final int PROBE_LENGTH = 4096;
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Session session;
  private final ParsedOptions options;
  private final DirectStorage storage;

  LeaderActions(Session session, DirectStorage storage) {
    this.session = session;
    this.options = session.options();
    this.storage = storage;
  }

  int run(String action) {
    return action.equals("read_leader") ? readLeader() : writeLeader();
  }

  /**
   * A leader record as found.
   *
   * @param result 0, or why it is not valid
   * @param why in words
   * @param leader all zero when nothing was read
   * @param geometry where a valid lease would have it; null when that is not known
   */
  private record Found(int result, String why, LeaderRecord leader, Geometry geometry) {
    Found refused(ResultCode code, String reason) {
      return new Found(code.number(), reason, leader, geometry);
    }
  }

  /** The place of the leader record that the options name, on an open disk. */
  private record Target(
      LeaseDisk disk, long offset, boolean isDelta, LeaseName space, LeaseName resource)
      implements AutoCloseable {
    @Override
    public void close() {
      disk.close();
    }
  }

  private Target open() throws LeaseException {
    if (options.hasLockspacePath()) {
      Lockspace lockspace = options.lockspace();
      LeaseDisk disk = storage.open(lockspace);
      return new Target(disk, lockspace.disk().offset(), true, lockspace.name(), LeaseName.EMPTY);
    }
    if (options.resources().isEmpty() || options.resources().get(0).disks().isEmpty()) {
      throw new LeaseException(ResultCode.EGENERIC, "-s or -r with a path is needed");
    }
    Resource resource = options.resources().get(0);
    Disk place = resource.disks().get(0);
    LeaseDisk disk = storage.open(place.path());
    return new Target(disk, place.offset(), false, resource.lockspaceName(), resource.name());
  }

  private int readLeader() {
    Found found;
    try (Target target = open()) {
      found = exactlyNamed(target, read(target));
    } catch (LeaseException e) {
      found = new Found(e.result(), e.getMessage(), LeaderRecord.EMPTY, null);
    }
    session.out().line("read_leader done " + found.result);
    new LeaderText(found.leader, options.hasLockspacePath()).print(session.out());
    return session.finish(found.result, found.why);
  }

  /** Elsewhere an empty name stands for any; the C program's read_leader wants the one on disk. */
  private static Found exactlyNamed(Target target, Found found) {
    if (found.result != 0 || target.isDelta) {
      return found;
    }
    LeaderRecord leader = found.leader;
    if (!leader.spaceName().equals(target.space)) {
      return found.refused(ResultCode.LEADER_LOCKSPACE, "the lockspace is " + leader.spaceName());
    }
    if (!leader.resourceName().equals(target.resource)) {
      return found.refused(ResultCode.LEADER_RESOURCE, "the name is " + leader.resourceName());
    }
    return found;
  }

  private Found read(Target target) throws LeaseException {
    return target.isDelta ? readDelta(target) : readPaxos(target);
  }

  private Found readDelta(Target target) throws LeaseException {
    Geometry geometry =
        storage
            .foundSizes(target.disk, new DiskPlace(target.disk.path(), target.offset, 1))
            .orElseThrow(
                () -> new LeaseException(ResultCode.EGENERIC, "no lockspace found at this place"));
    try (LeaseBuffer sector =
        target.disk.read(
            deltaOffset(target, geometry), geometry.sectorSize(), storage.readTimeoutNanos())) {
      LeaderCheck.Verdict verdict = LeaderCheck.delta(sector.store(), 0, target.space);
      return found(verdict, LeaderRecord.decode(sector.store(), 0), geometry);
    }
  }

  private long deltaOffset(Target target, Geometry geometry) throws LeaseException {
    long hostId = options.lockspace().hostId();
    if (hostId < 1 || hostId > geometry.maxHosts()) {
      throw new LeaseException(
          ResultCode.EINVAL,
          "host_id " + Long.toUnsignedString(hostId) + " is not in 1.." + geometry.maxHosts());
    }
    return target.offset + new AreaLayout(geometry).deltaLease(hostId);
  }

  private Found readPaxos(Target target) throws LeaseException {
    try (LeaseBuffer sector =
        target.disk.read(target.offset, PROBE_LENGTH, storage.readTimeoutNanos())) {
      LeaderCheck.Verdict verdict =
          LeaderCheck.paxos(sector.store(), AreaLayout.LEADER, target.space, target.resource, 0);
      LeaderRecord leader = LeaderRecord.decode(sector.store(), AreaLayout.LEADER);
      return found(verdict, leader, leader.geometry().orElse(null));
    }
  }

  private static Found found(LeaderCheck.Verdict verdict, LeaderRecord leader, Geometry geometry) {
    int result = verdict.valid() ? 0 : verdict.code().number();
    return new Found(result, verdict.detail(), leader, geometry);
  }

  private int writeLeader() {
    List<String> lines;
    try {
      lines = changes();
    } catch (IOException e) {
      session
          .out()
          .line("open error " + errno(e) + " " + (options.has('F') ? options.text('F') : "(null)"));
      return session.finish(errno(e) == 0 ? ResultCode.EGENERIC.number() : -errno(e));
    }
    storage.note("write_leader " + targetText());
    boolean isDelta = options.hasLockspacePath();
    LeaderText text = new LeaderText(LeaderRecord.EMPTY, isDelta);
    try (Target target = open()) {
      long begin = storage.clock().elapsedNanos();
      Found found = read(target);
      text = new LeaderText(found.leader, isDelta);
      LeaderRecord leader = changed(text, lines);
      check(target, found);
      write(target, found.geometry, leader, begin);
      session.out().line("write_leader done 0");
      new LeaderText(isDelta ? leader : leader.sealed(), isDelta).print(session.out());
      return 0;
    } catch (LeaseException e) {
      return storage.failed("write_leader", e);
    }
  }

  private String targetText() {
    if (options.hasLockspacePath()) {
      return "lockspace " + LockspaceText.format(options.lockspace());
    }
    return options.resources().isEmpty()
        ? "resource"
        : "resource " + ResourceText.format(options.resources().get(0));
  }

  /** The lines of the file, each with its newline. */
  private List<String> changes() throws IOException {
    if (!options.has('F')) {
      throw new IOException("-F FILE is needed");
    }
    Path file = Path.of(options.text('F'));
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("no file of fields is that long");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    List<String> lines = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      lines.add(text.substring(from, end + 1));
      from = end + 1;
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  private int errno(IOException e) {
    if (!options.has('F')) {
      return Errno.EFAULT;
    }
    if (e instanceof NoSuchFileException) {
      return Errno.ENOENT;
    }
    return e instanceof AccessDeniedException ? Errno.EACCES : Errno.EIO;
  }

  /** The record with the changes, and with the checksum that {@code -f} asks for. */
  private LeaderRecord changed(LeaderText text, List<String> lines) {
    boolean hasChecksum = false;
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 3);
      if (words.length < 2) {
        session.out().line("ignore line: \"" + line + "\"");
      } else if (!text.has(words[0])) {
        session.out().line("ignore field: \"" + words[0] + "\"");
      } else if (text.set(words[0], words[1])) {
        hasChecksum |= words[0].equals("checksum");
      } else {
        session.out().line("ignore line: \"" + line + "\"");
      }
    }
    if (!hasChecksum) {
      text.set("checksum", "0");
    }
    LeaderRecord given = text.record();
    String generated = Integer.toHexString(given.sealed().checksum());
    if (options.unsigned('f') == 0) {
      session.out().line("use new generated checksum " + generated);
      return given.sealed();
    }
    session
        .out()
        .line(
            "warning: using specified checksum "
                + Integer.toHexString(given.checksum())
                + " (generated is "
                + generated
                + ")");
    return given;
  }

  /** A damaged record may be repaired; another lease's, or one of unknown rules, is left alone. */
  private static void check(Target target, Found found) throws LeaseException {
    if (found.geometry == null) {
      throw new LeaseException(ResultCode.EINVAL, "there is no lease at this place");
    }
    LeaderRecord leader = found.leader;
    if (!target.space.isEmpty() && !leader.spaceName().equals(target.space)) {
      throw new LeaseException(
          ResultCode.LEADER_LOCKSPACE, "the lease there is of lockspace " + leader.spaceName());
    }
    if (!target.resource.isEmpty() && !leader.resourceName().equals(target.resource)) {
      throw new LeaseException(
          ResultCode.LEADER_RESOURCE, "the lease there is " + leader.resourceName());
    }
    LeaderCheck.Verdict use =
        target.isDelta ? LeaderCheck.deltaUse(leader) : LeaderCheck.paxosUse(leader);
    if (!use.valid()) {
      throw new LeaseException(use.code(), use.detail());
    }
  }

  /** Writes the record and leaves the rest of its sector as it is. */
  private void write(Target target, Geometry geometry, LeaderRecord leader, long begin)
      throws LeaseException {
    long offset = target.isDelta ? deltaOffset(target, geometry) : target.offset;
    LeaseBuffer sector =
        target.disk.read(offset, geometry.sectorSize(), storage.readTimeoutNanos());
    (target.isDelta ? leader : leader.sealed()).encode(sector.store(), 0);
    if (storage.clock().elapsedNanos() - begin > storage.times().readToWriteLimitNanos()) {
      sector.close();
      // By now a host may have written another record, which must not be put back.
      throw new LeaseException(ResultCode.AIO_TIMEOUT, "the storage is too slow, try again");
    }
    target.disk.write(offset, sector, storage.readTimeoutNanos());
  }
}
