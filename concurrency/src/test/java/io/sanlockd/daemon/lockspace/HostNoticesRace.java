package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.delta.HostNotice;
import io.sanlockd.lease.format.HostBitmap;
import java.util.List;
import net.openhft.chronicle.bytes.BytesStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZZ_Result;

/**
 * Event 1 for host 2 is replaced by event 4 for host 3 while a renewal fetches what to tell: event,
 * whether host 2 is told, whether host 3 is.
 */
@JCStressTest
@Outcome(id = "1, true, false", expect = Expect.ACCEPTABLE, desc = "the old event")
@Outcome(id = "4, false, true", expect = Expect.ACCEPTABLE, desc = "the new one")
@Outcome(expect = Expect.FORBIDDEN, desc = "an event for another host, or for nobody")
@State
public class HostNoticesRace {
  private final HostNotices notices = new HostNotices(1, 60);

  /** An event waits for host 2. */
  public HostNoticesRace() {
    notices.publish(new HostNotices.Event(1, 1, 0), List.of(2L), 1);
  }

  /** The main loop. */
  @Actor
  public void mainLoop() {
    notices.publish(new HostNotices.Event(1, 4, 0), List.of(3L), 1);
  }

  /** The renewal thread. */
  @Actor
  public void renewal(IZZ_Result result) {
    HostNotice told = notices.current(1);
    BytesStore<?, ?> sector = BytesStore.wrap(new byte[512]);
    told.bitmap().encode(sector, 0);
    result.r1 = (int) told.event();
    result.r2 = HostBitmap.isSet(sector, 0, 2);
    result.r3 = HostBitmap.isSet(sector, 0, 3);
  }
}
