package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.disk.LateIo;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.Check;
import io.sanlockd.model.ResultCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One open descriptor of a daemon. An I/O takes as long as its {@link Weather} says; a write lands
 * at one moment of that time, a read of several sectors is done in pieces at several moments, so
 * that others may write between them.
 */
final class SimDisk implements LeaseDisk {
  private static final int SECTOR = SimStorage.SECTOR;

  /** Sectors of an area in which something happens: reads are torn among them. */
  private static final int BUSY_SECTORS = 12;

  private final World world;
  private final Machine machine;
  private final SimStorage storage;
  private final List<Transfer> inFlight = new ArrayList<>();

  SimDisk(World world, Machine machine, SimStorage storage) {
    this.world = world;
    this.machine = machine;
    this.storage = storage;
  }

  @Override
  public String path() {
    return storage.path();
  }

  @Override
  public int storageSectorSize() {
    return SECTOR;
  }

  @Override
  public LeaseBuffer buffer(int length) throws LeaseException {
    return world.buffers().take(length);
  }

  @Override
  public LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException {
    LeaseBuffer buffer = world.buffers().take(length);
    new Transfer(false, offset, buffer).perform(timeoutNanos);
    return buffer;
  }

  @Override
  public void write(long offset, LeaseBuffer buffer, long timeoutNanos) throws LeaseException {
    new Transfer(true, offset, buffer).perform(timeoutNanos);
    buffer.close();
  }

  @Override
  public boolean settled(long offset, long length) {
    for (Transfer io : inFlight) {
      boolean overlaps = io.offset < offset + length && offset < io.offset + io.length;
      if (io.write && overlaps) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {}

  /** One I/O. */
  final class Transfer implements LateIo {
    private final boolean write;
    private final long offset;
    private final int length;
    private final LeaseBuffer buffer;

    /** The bytes themselves, as the kernel would have them: whoever has the buffer by then. */
    private final ByteBuffer memory;

    private final byte[] written;
    private boolean landed;
    private boolean dropped;
    private boolean ended;
    private boolean abandonedByOwner;
    private Weather.Fate fate;
    private long endsAtNanos;

    Transfer(boolean write, long offset, LeaseBuffer buffer) {
      this.write = write;
      this.offset = offset;
      this.length = buffer.length();
      this.buffer = buffer;
      this.memory = buffer.bytes().duplicate();
      this.written = write ? content() : new byte[0];
    }

    private byte[] content() {
      byte[] bytes = new byte[length];
      memory.clear().get(bytes);
      return bytes;
    }

    void perform(long timeoutNanos) throws LeaseException {
      Check.state(timeoutNanos > 0 && offset >= 0 && offset + length <= storage.length(), "range");
      machine.mayStall();
      long now = world.nowNanos();
      boolean renewal = write && storage.path().equals(Names.SPACE_PATH);
      Weather.Kind writing = renewal ? Weather.Kind.RENEWAL : Weather.Kind.WRITE;
      fate = world.weather().fate(machine, now, write ? writing : Weather.Kind.READ);
      endsAtNanos = now + fate.durationNanos();
      inFlight.add(this);
      machine.inFlight().add(this);
      world.trace(machine, () -> "begins " + this);
      if (fate.reachesDisk()) {
        plan(now);
      }
      Scheduler.Event end = world.scheduler().at(endsAtNanos, null, this::end);
      boolean inTime = fate.durationNanos() <= timeoutNanos;
      world.scheduler().sleepUntil(inTime ? endsAtNanos : now + timeoutNanos);
      if (!inTime) {
        world.count(World.Counter.TIMEOUTS);
        world.trace(machine, () -> "times out " + this);
        throw new IoTimeoutException(this + " timed out", this);
      }
      if (!ended) {
        end.cancel();
        end();
      }
      machine.mayStall();
      if (renewal) {
        daemonMayDie();
      } else if (write) {
        mayCrash();
      }
      if (fate.failed()) {
        buffer.close();
        throw new LeaseException(ResultCode.EIO.number(), this + " failed");
      }
    }

    private void daemonMayDie() {
      boolean slow = fate.durationNanos() > 10 * Clock.SECOND_NANOS;
      if (slow && world.chance().misfortune(world.profile().habits().deathAfterRenewal())) {
        world.scheduler().after(Clock.SECOND_NANOS, machine.running(), machine::daemonDies);
      }
    }

    /** Its task ends here when the machine crashes. */
    private void mayCrash() {
      if (world.chance().misfortune(world.profile().habits().crashAfterWrite())) {
        machine.crash();
        world.scheduler().sleepUntil(world.nowNanos());
      }
    }

    /** When it touches the disk. */
    private void plan(long now) {
      long length = fate.diskNanos();
      if (write) {
        world.scheduler().at(now + world.chance().below(length), null, this::land);
        return;
      }
      int sectors = this.length / SECTOR;
      int cut = sectors < 4 ? sectors : 1 + world.chance().below(Math.min(sectors, BUSY_SECTORS));
      long first = world.chance().below(length);
      long second = sectors == cut ? first : first + world.chance().below(length - first);
      boolean backward = world.chance().of(0.5);
      world.scheduler().at(now + (backward ? second : first), null, () -> copy(0, cut));
      if (cut < sectors) {
        world
            .scheduler()
            .at(now + (backward ? first : second), null, () -> copy(cut, sectors - cut));
      }
    }

    private void copy(int firstSector, int count) {
      if (!dropped) {
        storage.get(
            offset + (long) firstSector * SECTOR,
            count * SECTOR,
            memory.clear().position(firstSector * SECTOR));
      }
    }

    private void land() {
      if (dropped || landed) {
        return;
      }
      landed = true;
      if (!abandonedByOwner && !Arrays.equals(content(), written)) {
        throw new Violation(Violation.Rule.BUFFER, this + " was changed in flight");
      }
      storage.put(offset, written);
      world.landed(storage, offset, written, machine);
    }

    private void end() {
      if (ended) {
        return;
      }
      ended = true;
      if (write && fate.reachesDisk() && !landed) {
        land();
      }
      inFlight.remove(this);
      machine.inFlight().remove(this);
    }

    /** The machine is gone: what has not landed may still do so until {@code latestNanos}. */
    void orphan(long latestNanos) {
      boolean mayLand = write && !landed && fate.reachesDisk();
      dropped = true;
      abandonedByOwner = true;
      if (mayLand && world.chance().of(0.5)) {
        dropped = false;
        long left = Math.max(1, latestNanos - world.nowNanos());
        world.scheduler().after(world.chance().below(left), null, this::land);
        dropAfter(left);
      }
    }

    private void dropAfter(long nanos) {
      world.scheduler().after(nanos, null, () -> dropped = true);
    }

    @Override
    public LeaseBuffer awaitRead(long timeoutNanos) throws LeaseException {
      Check.state(!write, "not a read");
      if (!ended) {
        world.scheduler().sleepUntil(Math.min(endsAtNanos, world.nowNanos() + timeoutNanos));
      }
      if (!ended && world.nowNanos() < endsAtNanos) {
        throw new IoTimeoutException(this + " is still in flight", this);
      }
      if (fate.failed() || !fate.reachesDisk()) {
        throw new LeaseException(ResultCode.EIO.number(), this + " failed late");
      }
      return buffer;
    }

    @Override
    public void forget() {
      // The buffer stays with the disk for ever: nobody may see it again.
    }

    /** For traces and messages. */
    @Override
    public String toString() {
      return Names.io(storage, write, offset, length, written);
    }
  }
}
