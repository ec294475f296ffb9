package io.sanlockd.sim;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.fixture.CLikeLease;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.LockspaceHosts;
import io.sanlockd.model.LeaseName;
import java.util.Optional;

/** The lease of a duel in the hands of one {@link Duellist}. Results are texts for traces. */
interface DuelLease {
  /** The generation of everybody. */
  long GENERATION = 1;

  /** The times of everybody. */
  LeaseTimes TIMES = new LeaseTimes(LeaseTimes.DEFAULT_IO_TIMEOUT, LeaseTimes.DEFAULT_FIRE_TIMEOUT);

  /** Everybody is alive, and is known to be. */
  LockspaceHosts ALL_ALIVE =
      new LockspaceHosts() {
        private final WriteFence fence = new WriteFence(Cancellation.NEVER);

        @Override
        public HostTable hosts() {
          return id ->
              Optional.of(
                  new HostView(
                      id, id, GENERATION, 1, TIMES.ioTimeout(), LeaseName.EMPTY, 1, 1, 1, 0));
        }

        @Override
        public LeaderRecord readDelta(long hostId) {
          return LeaderRecord.EMPTY.deltaAcquired(
              hostId, LeaseName.EMPTY, TIMES.ioTimeout(), GENERATION);
        }

        @Override
        public WriteFence fence() {
          return fence;
        }
      };

  /** Takes it, or not: {@link #held} says. */
  String acquire(boolean shared);

  /** Whether it is held. */
  boolean held();

  /** Whether it is held shared. */
  boolean shared();

  /** Its version while it is held exclusively, 0 where that is not told. */
  long lver();

  /** Whether the mode can be changed. */
  boolean converts();

  /** Changes the mode, or not: {@link #shared} says. */
  String convert(boolean toShared);

  /** Gives it up. */
  String release();

  /** That of a host that behaves as the C program does. */
  static DuelLease ofCLike(World world, Machine machine) {
    CLikeLease lease =
        new CLikeLease(
            new CLikeLease.Host(
                machine.hostId(),
                GENERATION,
                TIMES.ioTimeout(),
                world.openDisk(machine, 0),
                machine::clockNanos,
                world::sleep,
                ALL_ALIVE),
            0,
            Names.SMALL_AREA,
            world.unsafe().of(machine, 0));
    return new DuelLease() {
      @Override
      public String acquire(boolean shared) {
        return lease.acquire(shared);
      }

      @Override
      public boolean held() {
        return !lease.mode().isEmpty();
      }

      @Override
      public boolean shared() {
        return lease.mode().equals("SH");
      }

      @Override
      public long lver() {
        return 0;
      }

      @Override
      public boolean converts() {
        return false;
      }

      @Override
      public String convert(boolean toShared) {
        throw new UnsupportedOperationException("C-like hosts do not convert");
      }

      @Override
      public String release() {
        return lease.release();
      }
    };
  }
}
