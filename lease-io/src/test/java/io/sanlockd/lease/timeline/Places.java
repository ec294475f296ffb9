package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.World;
import java.util.function.Predicate;

/** The names that timelines have for I/Os on a resource of 512-byte sectors. */
final class Places {
  private static final long VALUE = World.RESOURCE_OFFSET + 2002 * 512;

  private Places() {}

  static Predicate<Io> named(String name) {
    return switch (name) {
      case "write leader" -> World::leaderWrite;
      case "write block" -> io -> World.blockWrite(io) && io.offset() < VALUE;
      case "write value" -> io -> io.write() && io.offset() == VALUE;
      case "read leader" -> World::leaderRead;
      case "read probe" -> io -> !io.write() && io.length() == 4096;
      case "read area" -> World::areaRead;
      case "read block" ->
          io -> !io.write() && io.offset() > World.RESOURCE_OFFSET && io.offset() < VALUE;
      case "write" -> Io::write;
      case "read" -> io -> !io.write();
      default -> throw new IllegalArgumentException("no I/O is called \"" + name + "\"");
    };
  }

  static String of(Io io) {
    String what = io.write() ? "write " : "read ";
    if (io.offset() == VALUE) {
      return what + "value";
    }
    if (io.offset() >= World.RESOURCE_OFFSET + (1 << 20)) {
      return what + io.length() + " bytes at " + (io.offset() >> 10) + "K";
    }
    if (io.offset() > World.RESOURCE_OFFSET) {
      long host = (io.offset() - World.RESOURCE_OFFSET) / 512 - 1;
      return what + (host == 0 ? "request" : "block " + host);
    }
    boolean leader = io.length() == 512;
    return what + (leader ? "leader" : io.length() == 4096 ? "probe" : "area");
  }
}
