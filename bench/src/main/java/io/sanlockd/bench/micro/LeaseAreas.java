package io.sanlockd.bench.micro;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.SystemClock;
import io.sanlockd.lease.delta.HostCalls;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.lease.delta.LockspaceIdentity;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.bytes.BytesStore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is done with an area of 1 MiB after it was read, and with single records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseAreas {
  private static final Geometry GEOMETRY = Geometry.S512_A1M;
  private static final AreaLayout LAYOUT = new AreaLayout(GEOMETRY);
  private static final LeaseName SPACE = LeaseName.of("space");
  private static final LeaseName RESOURCE = LeaseName.of("resource");
  private static final int HOST = 7;
  private static final int IO_TIMEOUT_SECONDS = 10;

  private final BytesStore<?, ?> resource = area();
  private final BytesStore<?, ?> lockspace = area();
  private final Dblock dblock = Dblock.of(2007, 2007, HOST, 1, 5, 3, 0);
  private final LeaderRecord leader;
  private final HostMonitor monitor;

  /** A lease that one of 2,000 hosts has used, and the lockspace of that host. */
  public LeaseAreas() {
    InitialImage.resource(resource, GEOMETRY, SPACE, RESOURCE, 0);
    InitialImage.lockspace(lockspace, GEOMETRY, SPACE, IO_TIMEOUT_SECONDS);
    InitialImage.lockspaceRecord(GEOMETRY, SPACE, IO_TIMEOUT_SECONDS).encode(lockspace, 0);
    new HostBlock(dblock, ModeBlock.NONE).encode(resource, LAYOUT.hostBlock(HOST));
    leader = LeaderRecord.decode(resource, AreaLayout.LEADER);
    LockspaceIdentity identity =
        new LockspaceIdentity(
            SPACE,
            HOST,
            LeaseName.of("host"),
            0,
            GEOMETRY,
            new LeaseTimes(IO_TIMEOUT_SECONDS, LeaseTimes.DEFAULT_FIRE_TIMEOUT));
    monitor = new HostMonitor(identity, 1, new SystemClock(), LeaseLog.NONE);
  }

  private static BytesStore<?, ?> area() {
    return BytesStore.wrap(
        ByteBuffer.allocateDirect(GEOMETRY.alignSize()).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Checksums of the 2,000 host blocks that a ballot has read, 1,999 of them blank. */
  @Benchmark
  public int checksumsOfABallotRead() {
    int valid = 0;
    for (int hostId = 1; hostId <= GEOMETRY.maxHosts(); hostId++) {
      if (Dblock.validAt(resource, LAYOUT.hostBlock(hostId))) {
        valid++;
      }
    }
    return valid;
  }

  /** The same blocks decoded. */
  @Benchmark
  public long decodingABallotRead() {
    long highest = 0;
    for (int hostId = 1; hostId <= GEOMETRY.maxHosts(); hostId++) {
      HostBlock block = HostBlock.decode(resource, LAYOUT.hostBlock(hostId));
      highest = Math.max(highest, block.dblock().mbal());
    }
    return highest;
  }

  /** All hosts of a lockspace looked at after the read of a renewal; nothing has changed. */
  @Benchmark
  public HostCalls hostsOfARenewal() {
    return monitor.examine(lockspace);
  }

  /** The checksum of one block in use. */
  @Benchmark
  public boolean dblockChecksum() {
    return Dblock.validAt(resource, LAYOUT.hostBlock(HOST));
  }

  /** A leader record checked with its checksum and decoded. */
  @Benchmark
  public LeaderRecord leaderCheckAndDecode() {
    LeaderCheck.Verdict verdict =
        LeaderCheck.paxosForUse(resource, AreaLayout.LEADER, SPACE, RESOURCE, HOST);
    return verdict.valid() ? LeaderRecord.decode(resource, AreaLayout.LEADER) : null;
  }

  /** A leader record with its checksum. */
  @Benchmark
  public BytesStore<?, ?> leaderEncode() {
    leader.encode(resource, AreaLayout.LEADER);
    return resource;
  }
}
