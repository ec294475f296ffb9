package io.sanlockd.sim;

import io.sanlockd.daemon.world.FakeConnection;
import io.sanlockd.lease.Clock;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Joins the lockspace on one machine, again and again until it works, and leaves it when told. */
final class Administrator {
  private static final int SLOT = 2;
  private static final int PID = 1;

  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private FakeConnection connection;
  private int seenReplies;
  private boolean leaving;
  private boolean planned;

  Administrator(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
  }

  private void join() {
    planned = false;
    send(Command.ADD_LOCKSPACE, machine.ioTimeout());
  }

  /** Removes the lockspace, unless something is under way. */
  void leave() {
    if (connection == null && !planned) {
      leaving = true;
      world.trace(machine, () -> "removes the lockspace");
      send(Command.REM_LOCKSPACE, 0);
    }
  }

  private void send(Command command, int data) {
    Lockspace lockspace =
        new Lockspace(Names.SPACE, machine.hostId(), 0, new Disk(Names.SPACE_PATH, 0));
    ByteBuffer buffer = ByteBuffer.allocate(Lockspace.LENGTH + 64).order(ByteOrder.LITTLE_ENDIAN);
    lockspace.encode(buffer);
    byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
    connection = new FakeConnection(daemon.rooms().dispatcher(), SLOT, PID);
    seenReplies = 0;
    daemon.loopSoon(
        () -> {
          connection.send(MessageHeader.request(command, 0, bytes.length, data, 0), bytes);
        });
  }

  /** Main loop. */
  void lookForReply() {
    if (connection == null || connection.replies().size() == seenReplies) {
      return;
    }
    int result = connection.lastReply().result();
    connection.disconnect();
    connection = null;
    world.trace(machine, () -> (leaving ? "left" : "joined") + " the lockspace: " + result);
    leaving = false;
  }

  /** Main loop, now and then: joins whenever there is no lockspace and nothing is under way. */
  void look() {
    if (connection == null && !planned && daemon.rooms().lockspaces().isEmpty()) {
      planned = true;
      long pause = world.chance().between(Clock.SECOND_NANOS, 20 * Clock.SECOND_NANOS);
      world.scheduler().after(pause, machine.running(), this::join);
    }
  }
}
