package io.sanlockd.daemon.world;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.disk.LateIo;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseBufferPool;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files in memory that can hang and fail. I/O takes no time unless it hangs. */
public final class MemoryDisks {
  private static final int ENOENT = -2;
  private static final long POLL_NANOS = 100_000_000;

  private final VirtualTime time;
  private final LeaseBufferPool buffers = new LeaseBufferPool();
  private final Map<String, File> files = new HashMap<>();
  private int openDisks;

  /** No files yet. */
  public MemoryDisks(VirtualTime time) {
    this.time = time;
  }

  /** What happens to reads or writes of a file. */
  public enum Fault {
    /** Nothing special. */
    NONE,
    /** They neither end nor fail until {@link File#heal}. */
    HANG,
    /** They fail with an I/O error. */
    FAIL
  }

  /** A file. */
  public static final class File {
    private final byte[] content;
    private final List<Pending> pending = new ArrayList<>();
    private Fault reads = Fault.NONE;
    private Fault writes = Fault.NONE;
    private int writeCount;
    private int transfersUntilHang = -1;
    private int transfersUntilAction = -1;
    private Runnable action = () -> {};
    private long hangingWrite = -1;
    private long frozenOffset;
    private byte[] frozen = {};

    private File(int length) {
      content = new byte[length];
    }

    /** From now on. */
    public void reads(Fault fault) {
      reads = fault;
    }

    /** From now on. */
    public void writes(Fault fault) {
      writes = fault;
    }

    /** Only writes at one place hang, from now on; -1 = none. */
    public void hangOnly(long offset) {
      hangingWrite = offset;
    }

    /** Both, from now on. */
    public void hang() {
      reads = Fault.HANG;
      writes = Fault.HANG;
    }

    /** Everything hangs after some more reads and writes. */
    public void hangAfter(int transfers) {
      transfersUntilHang = transfers;
    }

    /** Something happens at the moment of one of the next reads and writes. */
    public void atTransfer(int transfers, Runnable action) {
      transfersUntilAction = transfers;
      this.action = action;
    }

    private void count() {
      if (transfersUntilAction >= 0 && transfersUntilAction-- == 0) {
        action.run();
      }
      if (transfersUntilHang >= 0 && transfersUntilHang-- == 0) {
        hang();
      }
    }

    /** No more faults; what hangs is done now. */
    public void heal() {
      transfersUntilHang = -1;
      reads = Fault.NONE;
      writes = Fault.NONE;
      List<Pending> landing = List.copyOf(pending);
      pending.clear();
      landing.forEach(Pending::land);
    }

    /** From now on a range keeps these bytes whatever is written to it. */
    public void freeze(long offset, byte[] bytes) {
      frozenOffset = offset;
      frozen = bytes.clone();
    }

    private void put(long offset, byte[] bytes) {
      System.arraycopy(bytes, 0, content, (int) offset, bytes.length);
      System.arraycopy(frozen, 0, content, (int) frozenOffset, frozen.length);
      writeCount++;
    }

    /** The bytes themselves. */
    public byte[] content() {
      return content;
    }

    /** Writes that reached the file. */
    public int writeCount() {
      return writeCount;
    }
  }

  /** A file full of zeros. */
  public File create(String path, int length) {
    File file = new File(length);
    files.put(path, file);
    return file;
  }

  /** Another path to a file. */
  public void link(String path, String existing) {
    files.put(path, files.get(existing));
  }

  /** The file behind a path. */
  public File file(String path) {
    return files.get(path);
  }

  /** How many disks are open. */
  public int openDisks() {
    return openDisks;
  }

  /** Opens disks for one more host: what is in flight is known only to the host that sent it. */
  public DiskOpener opener() {
    Object host = new Object();
    return path -> open(path, host);
  }

  /** Tells which file a path leads to. */
  public Object identity(String path) throws LeaseException {
    return found(path);
  }

  private File found(String path) throws LeaseException {
    File file = files.get(path);
    if (file == null) {
      throw new LeaseException(ENOENT, "open " + path);
    }
    return file;
  }

  private LeaseDisk open(String path, Object host) throws LeaseException {
    LeaseDisk disk = new Disk(path, found(path), host);
    openDisks++;
    return disk;
  }

  /** An I/O that hangs. */
  private final class Pending implements LateIo {
    private final File file;
    private final long offset;
    private final LeaseBuffer buffer;
    private final byte[] written;
    private final Object host;
    private boolean done;

    Pending(File file, long offset, LeaseBuffer buffer, boolean write, Object host) {
      this.file = file;
      this.host = host;
      this.offset = offset;
      this.buffer = buffer;
      this.written = write ? new byte[buffer.length()] : null;
      if (write) {
        buffer.bytes().get(written);
      }
    }

    void land() {
      done = true;
      if (written != null) {
        file.put(offset, written);
      } else {
        buffer.bytes().put(file.content, (int) offset, buffer.length());
      }
    }

    @Override
    public LeaseBuffer awaitRead(long timeoutNanos) throws LeaseException {
      long deadline = time.nanos() + timeoutNanos;
      while (!done && time.nanos() < deadline) {
        time.sleep(Math.min(POLL_NANOS, deadline - time.nanos()));
      }
      if (!done) {
        throw new IoTimeoutException("still in flight", this);
      }
      return buffer;
    }

    @Override
    public void forget() {}
  }

  private final class Disk implements LeaseDisk {
    private final String path;
    private final File file;
    private final Object host;
    private boolean closed;

    Disk(String path, File file, Object host) {
      this.path = path;
      this.file = file;
      this.host = host;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public int storageSectorSize() {
      return 512;
    }

    @Override
    public LeaseBuffer buffer(int length) throws LeaseException {
      return buffers.take(length);
    }

    @Override
    public LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException {
      check(offset, length);
      LeaseBuffer buffer = buffers.take(length);
      file.count();
      apply(file.reads, new Pending(file, offset, buffer, false, host), timeoutNanos);
      return buffer;
    }

    @Override
    public void write(long offset, LeaseBuffer buffer, long timeoutNanos) throws LeaseException {
      check(offset, buffer.length());
      file.count();
      Fault fault = offset == file.hangingWrite ? Fault.HANG : file.writes;
      apply(fault, new Pending(file, offset, buffer, true, host), timeoutNanos);
      buffer.close();
    }

    private void apply(Fault fault, Pending transfer, long timeoutNanos) throws LeaseException {
      switch (fault) {
        case NONE -> transfer.land();
        case FAIL -> throw new LeaseException(ResultCode.EIO, "I/O error on " + path);
        case HANG -> {
          file.pending.add(transfer);
          long deadline = time.nanos() + timeoutNanos;
          while (!transfer.done && time.nanos() < deadline) {
            time.sleep(Math.min(POLL_NANOS, deadline - time.nanos()));
          }
          if (!transfer.done) {
            throw new IoTimeoutException("I/O on " + path + " timed out", transfer);
          }
        }
      }
    }

    private void check(long offset, int length) throws LeaseException {
      if (closed) {
        throw new IllegalStateException(path + " is closed");
      }
      if (offset < 0 || offset % 512 != 0) {
        throw new LeaseException(ResultCode.EINVAL, "bad offset " + offset);
      }
      if (offset + length > file.content.length) {
        throw new LeaseException(ResultCode.EMSGSIZE, "past the end of " + path);
      }
    }

    @Override
    public boolean settled(long offset, long length) {
      return file.pending.stream()
          .noneMatch(
              p ->
                  p.host == host
                      && p.written != null
                      && p.offset < offset + length
                      && offset < p.offset + p.written.length);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openDisks--;
      }
    }
  }
}
