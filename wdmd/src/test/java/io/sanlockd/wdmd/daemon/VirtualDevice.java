package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.testing.DeviceOperation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.DeviceRecord;

/** A recorded device in virtual time that behaves as the kernel documents. */
final class VirtualDevice implements WatchdogDevice {
  final DeviceRecord record = new DeviceRecord();
  final VirtualClock clock;
  int timeout = 60;
  int maxTimeout = 1000;
  boolean noWayOut;
  int openError;
  int pingError;
  int disarmError;
  int timeoutError;

  /** What the machine does instead of running us between the decision and the call. */
  Runnable beforeCall = () -> {};

  private boolean open;
  private boolean magic;

  VirtualDevice(VirtualClock clock) {
    this.clock = clock;
  }

  boolean isOpen() {
    return open;
  }

  @Override
  public String path() {
    return "/dev/watchdog0";
  }

  @Override
  public int open() {
    beforeCall.run();
    if (openError != 0 || open) {
      add(Kind.OPEN_FAILED, openError);
      return -(open ? Errno.EBUSY : openError);
    }
    open = true;
    magic = false;
    add(Kind.OPEN, timeout);
    return 0;
  }

  @Override
  public int timeout() {
    return timeoutError != 0 ? -timeoutError : timeout;
  }

  @Override
  public int setTimeout(int seconds) {
    if (seconds > maxTimeout) {
      return -Errno.EINVAL;
    }
    timeout = seconds;
    add(Kind.SETTIMEOUT, seconds);
    return 0;
  }

  @Override
  public int ping() {
    beforeCall.run();
    if (!open) {
      throw new IllegalStateException("ping of a closed device");
    }
    if (pingError != 0) {
      add(Kind.KEEPALIVE_FAILED, pingError);
      return -pingError;
    }
    add(Kind.KEEPALIVE, 0);
    return 0;
  }

  @Override
  public int disarm() {
    if (disarmError != 0) {
      add(Kind.WRITE_FAILED, disarmError);
      return -disarmError;
    }
    magic = true;
    add(Kind.WRITE, 'V');
    return 0;
  }

  @Override
  public void close() {
    beforeCall.run();
    if (!open) {
      throw new IllegalStateException("close of a closed device");
    }
    open = false;
    add(magic && !noWayOut ? Kind.CLOSE_CLEAN : Kind.CLOSE_UNCLEAN, 0);
  }

  @Override
  public boolean noWayOut() {
    return noWayOut;
  }

  private void add(Kind kind, int number) {
    record.add(new DeviceOperation(clock.nanos, kind, number));
  }
}
