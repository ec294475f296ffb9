package io.sanlockd.it.fault;

import io.sanlockd.posix.Errno;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A file whose reads and writes the test can hold, fail and delay. Its content is that of a backing
 * file, which can be looked at whatever happens here. Needs root and /dev/fuse. Thread-safe.
 */
public final class FaultFile implements Closeable {
  private static final String NAME = "disk";
  private static final long ROOT = 1;
  private static final long FILE = 2;
  private static final long FOREVER_SECONDS = 1_000_000;
  private static final int MODE_DIRECTORY = 0040755;
  private static final int MODE_FILE = 0100666;
  private static final int DIRECT_IO_AND_PARALLEL_WRITES = 1 | 1 << 6;

  private final FuseDevice device;
  private final Path mountPoint;
  private final FileChannel backing;
  private final long size;
  private final Thread server = new Thread(this::serve, "fault-file");
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "fault-file-later"));

  /** Guards the following. */
  private final Object lock = new Object();

  private final List<Fault> faults = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private final List<FileIo> seen = new ArrayList<>();

  /** An I/O that is not answered yet. */
  private record Held(Fault fault, long unique, FileIo io, ByteBuffer data) {}

  private FaultFile(FuseDevice device, Path mountPoint, FileChannel backing) throws IOException {
    this.device = device;
    this.mountPoint = mountPoint;
    this.backing = backing;
    this.size = backing.size();
  }

  /** Whether this machine and user allow it. */
  public static boolean isPossible() {
    return Files.isWritable(Path.of("/dev/fuse"));
  }

  /**
   * Mounts a file.
   *
   * @param mountPoint an empty directory
   * @param backing the file that has the content; its length stays as it is
   */
  public static FaultFile mount(Path mountPoint, Path backing) throws IOException {
    FileChannel channel =
        FileChannel.open(backing, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FaultFile file = new FaultFile(FuseDevice.mount(mountPoint), mountPoint, channel);
    file.server.setDaemon(true);
    file.server.start();
    return file;
  }

  /** What daemons open. */
  public Path path() {
    return mountPoint.resolve(NAME);
  }

  /** From now on, I/Os that touch the bytes from start to end (exclusive) are not answered. */
  public Fault hold(Fault.Io io, long start, long end) {
    return add(Fault.holding(this, io, start, end));
  }

  /** All I/Os are not answered: storage that hangs. */
  public Fault holdEverything() {
    return hold(Fault.Io.BOTH, 0, Long.MAX_VALUE);
  }

  /** From now on, I/Os that touch the bytes from start to end (exclusive) fail. */
  public Fault fail(Fault.Io io, long start, long end, int errno) {
    return add(Fault.failing(this, io, start, end, errno));
  }

  /** All I/Os fail with EIO: storage that is broken. */
  public Fault failEverything() {
    return fail(Fault.Io.BOTH, 0, Long.MAX_VALUE, Errno.EIO);
  }

  /** From now on, I/Os that touch the bytes from start to end (exclusive) take so much longer. */
  public Fault delay(Fault.Io io, long start, long end, Duration delay) {
    return add(Fault.delaying(this, io, start, end, delay));
  }

  /** Every read and write that arrived, in order. */
  public List<FileIo> seen() {
    synchronized (lock) {
      return List.copyOf(seen);
    }
  }

  /** Ends all faults: what is held is carried out, and the file works as any other. */
  public void heal() {
    synchronized (lock) {
      List.copyOf(faults).forEach(Fault::close);
    }
  }

  /** Unmounts; whoever still has the file open is served until it closes it. */
  @Override
  public void close() throws IOException {
    heal();
    device.unmount();
  }

  int heldCount(Fault fault) {
    synchronized (lock) {
      return (int) held.stream().filter(h -> h.fault == fault).count();
    }
  }

  /** Ends a fault and carries out what it keeps, or fails it with a positive error number. */
  void end(Fault fault, int errno) {
    synchronized (lock) {
      faults.remove(fault);
      for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
        Held one = each.next();
        if (one.fault == fault) {
          each.remove();
          finish(one, errno);
        }
      }
    }
  }

  private Fault add(Fault fault) {
    synchronized (lock) {
      faults.add(0, fault);
    }
    return fault;
  }

  /** Until the file is unmounted and nobody has it open. Ending early fails what is unanswered. */
  private void serve() {
    try (backing) {
      Optional<FuseRequest> request = device.next();
      while (request.isPresent()) {
        answer(request.get());
        request = device.next();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      device.close();
      later.shutdown();
    }
  }

  private void answer(FuseRequest request) throws IOException {
    if (request.wantsNoReply()) {
      return;
    }
    switch (request.opcode()) {
      case FuseRequest.INIT -> device.replyInit(request);
      case FuseRequest.LOOKUP -> lookUp(request);
      case FuseRequest.GETATTR ->
          device.reply(
              request.unique(),
              attributes(FuseDevice.body(104).putLong(FOREVER_SECONDS).putLong(0), request.node())
                  .clear());
      case FuseRequest.OPEN ->
          device.reply(
              request.unique(),
              FuseDevice.body(16).putLong(0).putInt(DIRECT_IO_AND_PARALLEL_WRITES).clear());
      case FuseRequest.READ -> transfer(request, false);
      case FuseRequest.WRITE -> transfer(request, true);
      case FuseRequest.STATFS -> device.reply(request.unique(), FuseDevice.body(80));
      case FuseRequest.RELEASE, FuseRequest.FLUSH, FuseRequest.FSYNC, FuseRequest.DESTROY ->
          device.replyResult(request.unique(), 0);
      default -> device.replyResult(request.unique(), -Errno.ENOSYS);
    }
  }

  private void lookUp(FuseRequest request) throws IOException {
    if (!request.name().equals(NAME)) {
      device.replyResult(request.unique(), -Errno.ENOENT);
      return;
    }
    ByteBuffer entry = FuseDevice.body(128).putLong(FILE).putLong(0);
    entry.putLong(FOREVER_SECONDS).putLong(FOREVER_SECONDS).putLong(0);
    device.reply(request.unique(), attributes(entry, FILE).clear());
  }

  /** Appends struct fuse_attr. */
  private ByteBuffer attributes(ByteBuffer to, long node) {
    boolean directory = node == ROOT;
    to.putLong(node).putLong(directory ? 0 : size).putLong(size / 512);
    to.putLong(0).putLong(0).putLong(0).putInt(0).putInt(0).putInt(0);
    to.putInt(directory ? MODE_DIRECTORY : MODE_FILE).putInt(1);
    return to.putInt(0).putInt(0).putInt(0).putInt(4096).putInt(0);
  }

  private void transfer(FuseRequest request, boolean write) throws IOException {
    FileIo io = new FileIo(System.nanoTime(), write, request.offset(), request.size());
    synchronized (lock) {
      seen.add(io);
      Optional<Fault> fault = faults.stream().filter(f -> f.fits(io)).findFirst();
      if (fault.isEmpty()) {
        carryOut(request.unique(), io, write ? request.data() : null);
      } else if (fault.get().errno() != 0) {
        device.replyResult(request.unique(), -fault.get().errno());
      } else {
        ByteBuffer copy =
            write ? ByteBuffer.allocate(io.length()).put(request.data()).flip() : null;
        keep(new Held(fault.get(), request.unique(), io, copy));
      }
    }
  }

  private void keep(Held one) {
    held.add(one);
    Duration delay = one.fault.delay();
    if (!delay.isZero()) {
      var unused =
          later.schedule(
              () -> {
                synchronized (lock) {
                  if (held.remove(one)) {
                    finish(one, 0);
                  }
                }
              },
              delay.toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void finish(Held one, int errno) {
    try {
      if (errno == 0) {
        carryOut(one.unique, one.io, one.data);
      } else {
        device.replyResult(one.unique, -errno);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void carryOut(long unique, FileIo io, ByteBuffer data) throws IOException {
    if (io.write()) {
      long position = io.offset();
      while (data.hasRemaining()) {
        position += backing.write(data, position);
      }
      device.reply(unique, FuseDevice.body(8).putInt(0, io.length()));
      return;
    }
    long available = Math.max(0, Math.min(io.length(), size - io.offset()));
    ByteBuffer content = ByteBuffer.allocate((int) available);
    int count = 0;
    while (content.hasRemaining() && count >= 0) {
      count = backing.read(content, io.offset() + content.position());
    }
    device.reply(unique, content.flip());
  }
}
