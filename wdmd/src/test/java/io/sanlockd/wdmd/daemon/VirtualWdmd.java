package io.sanlockd.wdmd.daemon;

import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.protocol.WdmdMessage;
import io.sanlockd.wdmd.testing.DeviceOperation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import java.util.ArrayList;
import java.util.List;

/** The daemon without sockets, on a virtual device in virtual time. */
final class VirtualWdmd {
  static final int PID = 14735;

  final VirtualClock clock = new VirtualClock();
  final VirtualDevice device = new VirtualDevice(clock);
  final VirtualScripts scripts = new VirtualScripts();
  final List<String> log = new ArrayList<>();
  final Multiplexer multiplexer;
  private int nextFd = 8;

  VirtualWdmd(double startSeconds) {
    this(startSeconds, 0);
  }

  VirtualWdmd(double startSeconds, int killSeconds) {
    clock.nanos = VirtualClock.nanos(startSeconds);
    multiplexer =
        new Multiplexer(
            new DumpFacts.Settings(105, false, true),
            new DeviceKeeper(device, clock, log::add),
            new ScriptTests(scripts, killSeconds, clock, log::add),
            clock,
            log::add);
  }

  /** A client's side of a connection. */
  final class Peer {
    final Client client = multiplexer.connected(nextFd++).orElseThrow();
    final WdmdMessage message = WdmdMessage.allocate();

    Multiplexer.Reply send(WdmdCommand command) {
      message.begin(command);
      return multiplexer.message(client, message, PID);
    }

    Peer register(String name) {
      message.begin(WdmdCommand.REGISTER);
      message.name(name);
      multiplexer.message(client, message, PID);
      return this;
    }

    int open(int seconds) {
      message.begin(WdmdCommand.OPEN_WATCHDOG);
      message.fireTimeoutSeconds(seconds);
      multiplexer.message(client, message, PID);
      return message.fireTimeoutSeconds();
    }

    Multiplexer.Reply testLive(long renewal, long expire) {
      message.begin(WdmdCommand.TEST_LIVE);
      message.renewalTime(renewal);
      message.expireTime(expire);
      return multiplexer.message(client, message, PID);
    }

    WdmdMessage status() {
      send(WdmdCommand.STATUS);
      return message;
    }

    void close() {
      multiplexer.disconnected(client);
    }
  }

  Peer connect() {
    return new Peer();
  }

  /** A client that has the device opened with a fire timeout, registered and with refcount. */
  Peer activate(String name, int fireTimeout, long renewal, long expire) {
    Peer peer = connect();
    peer.open(fireTimeout);
    peer.register(name);
    peer.send(WdmdCommand.REFCOUNT_SET);
    peer.testLive(renewal, expire);
    return peer;
  }

  /** Lets time pass until a second, calling the Multiplexer whenever it wants to be called. */
  void runUntil(double seconds) {
    long end = VirtualClock.nanos(seconds);
    while (true) {
      long next = clock.nanos + Math.max(1, multiplexer.doWork()) * 1_000_000L;
      if (next > end || clock.nanos >= end) {
        clock.nanos = Math.max(clock.nanos, end);
        return;
      }
      clock.nanos = next;
    }
  }

  /** Times in seconds at which something happened to the device. */
  List<Double> times(Kind kind) {
    return device.record.of(kind).stream().map(VirtualWdmd::seconds).toList();
  }

  /** Second at which the hardware resets the machine if nothing more happens; -1 for never. */
  double resetSeconds() {
    return device.record.resetNanos().stream()
        .mapToDouble(nanos -> nanos / 1e9)
        .findFirst()
        .orElse(-1);
  }

  /** Last time at which the kernel was pinged in any way. */
  double lastPingSeconds() {
    return device.record.operations().stream()
        .filter(
            operation ->
                switch (operation.what()) {
                  case OPEN, KEEPALIVE, SETTIMEOUT, WRITE, CLOSE_UNCLEAN -> true;
                  default -> false;
                })
        .mapToDouble(VirtualWdmd::seconds)
        .max()
        .orElse(-1);
  }

  long logged(String part) {
    return log.stream().filter(line -> line.contains(part)).count();
  }

  private static double seconds(DeviceOperation operation) {
    return operation.timeNanos() / 1e9;
  }
}
