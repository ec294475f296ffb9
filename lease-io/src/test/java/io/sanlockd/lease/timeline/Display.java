package io.sanlockd.lease.timeline;

import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.ArrayList;
import java.util.List;

/** Tells what lies on the disks of the resource, without times. */
final class Display {
  private static final int HOSTS = 8;

  private Display() {}

  static List<String> of(World world) {
    List<String> first = disk(world, 0);
    List<String> lines = new ArrayList<>(first);
    for (int disk = 1; disk < world.disks.size(); disk++) {
      List<String> other = disk(world, disk);
      if (!other.equals(first)) {
        int number = disk;
        other.forEach(line -> lines.add("disk " + number + ": " + line));
      }
    }
    return lines;
  }

  private static List<String> disk(World world, int disk) {
    List<String> lines = new ArrayList<>();
    LeaderRecord leader = world.leader(disk);
    lines.add(
        "leader lver "
            + leader.lver()
            + " owner "
            + leader.ownerId()
            + "/"
            + leader.ownerGeneration()
            + (leader.isFree() ? " free" : "")
            + ((leader.flags() & LeaderRecord.SHORT_HOLD) != 0 ? " SHORT_HOLD" : "")
            + " written by "
            + leader.writeId()
            + (leader.numHosts() == HOSTS ? "" : " num_hosts " + leader.numHosts())
            + (leader.resourceName().equals(World.RESOURCE) ? "" : " " + leader.resourceName()));
    // Also what lies beyond num_hosts.
    for (long hostId = 1; hostId <= Math.max(leader.numHosts(), HOSTS); hostId++) {
      HostBlock block = world.block(disk, hostId);
      if (!block.equals(HostBlock.CLEARED)) {
        lines.add("block " + hostId + " " + block(block));
      }
    }
    return lines;
  }

  private static String block(HostBlock block) {
    Dblock d = block.dblock();
    return "lver "
        + d.lver()
        + " mbal "
        + d.mbal()
        + " bal "
        + d.bal()
        + " inp "
        + d.inp()
        + "/"
        + d.inp2()
        + (d.released() ? " RELEASED" : "")
        + (block.mode().isShared() ? " SHARED" : "");
  }
}
