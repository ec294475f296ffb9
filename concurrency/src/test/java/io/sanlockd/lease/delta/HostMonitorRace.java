package io.sanlockd.lease.delta;

import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.util.Optional;
import net.openhft.chronicle.bytes.BytesStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The renewal thread examines an image in which the last host has renewed, while a worker judges
 * that host: when the table was last checked, and when the host was last alive by it. A host that
 * looks older than the check has not renewed since, which is how an owner is found dead.
 */
@JCStressTest
@Outcome(id = "-1, -1", expect = Expect.ACCEPTABLE, desc = "nothing is known")
@Outcome(id = "5, 5", expect = Expect.ACCEPTABLE, desc = "checked, and alive then")
@Outcome(expect = Expect.FORBIDDEN, desc = "checked, but the host looks dead")
@State
public class HostMonitorRace {
  private static final Geometry GEOMETRY = Geometry.S4096_A1M;

  /** Its entry is written right before the time of the check. */
  private static final int HOST = 250;

  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final LeaseTimes TIMES = new LeaseTimes(10, 60);
  private static final BytesStore<?, ?> AREA = area();

  private final HostMonitor monitor =
      new HostMonitor(
          new LockspaceIdentity(SPACE, 1, LeaseName.of("host"), 0, GEOMETRY, TIMES),
          60,
          () -> 5_000_000_000L,
          LeaseLog.NONE);

  private static BytesStore<?, ?> area() {
    BytesStore<?, ?> area = BytesStore.wrap(new byte[1 << 20]);
    InitialImage.lockspace(area, GEOMETRY, SPACE, 10);
    long place = new AreaLayout(GEOMETRY).deltaLease(HOST);
    LeaderRecord.decode(area, place)
        .deltaAcquired(HOST, LeaseName.of("other"), 10, 77)
        .encode(area, place);
    return area;
  }

  /** The renewal thread. */
  @Actor
  public void renewal() {
    HostCalls unused = monitor.examine(AREA);
  }

  /** A worker. */
  @Actor
  public void worker(II_Result result) {
    Optional<HostView> view = monitor.view(HOST);
    result.r1 = view.map(host -> (int) host.lastCheck()).orElse(-1);
    result.r2 = view.map(host -> (int) host.lastLive()).orElse(-1);
  }
}
