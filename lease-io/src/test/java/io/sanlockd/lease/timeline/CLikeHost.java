package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.CLikeLease;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;

/** A host that behaves as the reference does, see {@link CLikeLease}. */
final class CLikeHost implements Actor {
  private final TestHost host;
  private CLikeLease lease;
  private long generation;

  CLikeHost(TestHost host) {
    this.host = host;
  }

  private CLikeLease lease() {
    if (lease == null || generation != host.generation()) {
      generation = host.generation();
      lease =
          new CLikeLease(
              new CLikeLease.Host(
                  host.id,
                  generation,
                  host.ioTimeout(),
                  host.disk(),
                  host.clock,
                  host::sleep,
                  host),
              World.RESOURCE_OFFSET);
    }
    return lease;
  }

  @Override
  public TestHost host() {
    return host;
  }

  @Override
  public String mode() {
    return lease == null ? "" : lease.mode();
  }

  @Override
  public String acquire(Wish wish) {
    return lease().acquire(wish.shared());
  }

  @Override
  public String release(String rename, String value) {
    return lease().release();
  }

  @Override
  public String convert(String newMode, String value) {
    throw new IllegalArgumentException("C-like hosts do not convert");
  }

  @Override
  public String cleanUp() {
    return "clean";
  }

  @Override
  public void forget() {
    lease = null;
  }
}
