package io.sanlockd.wdmd.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What happened to a watchdog device, and what the hardware would have made of it. Thread-safe. */
public final class DeviceRecord {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final List<DeviceOperation> operations = new ArrayList<>();

  public synchronized void add(DeviceOperation operation) {
    operations.add(operation);
  }

  /** Everything so far, oldest first. */
  public synchronized List<DeviceOperation> operations() {
    return List.copyOf(operations);
  }

  /** The operations of one kind, oldest first. */
  public List<DeviceOperation> of(DeviceOperation.Kind kind) {
    return operations().stream().filter(operation -> operation.what() == kind).toList();
  }

  /** Kinds in order, without questions for the timeout. */
  public List<DeviceOperation.Kind> kinds() {
    return operations().stream()
        .map(DeviceOperation::what)
        .filter(kind -> kind != DeviceOperation.Kind.GETTIMEOUT)
        .toList();
  }

  /** When the machine was or will be reset if nothing more happens; empty when disarmed. */
  public OptionalLong resetNanos() {
    Countdown countdown = new Countdown();
    for (DeviceOperation operation : operations()) {
      if (countdown.reached(operation.timeNanos())) {
        break;
      }
      countdown.apply(operation);
    }
    return countdown.armed ? OptionalLong.of(countdown.dueNanos()) : OptionalLong.empty();
  }

  /** Whether the machine would have been reset by a time. */
  public boolean resetBy(long nanos) {
    return resetNanos().stream().anyMatch(due -> due <= nanos);
  }

  @Override
  public String toString() {
    return operations().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }

  /** The hardware's counter. */
  private static final class Countdown {
    private boolean armed;
    private long pingNanos;
    private int timeoutSeconds;

    boolean reached(long nanos) {
      return armed && nanos >= dueNanos();
    }

    long dueNanos() {
      return pingNanos + timeoutSeconds * NANOS_PER_SECOND;
    }

    void apply(DeviceOperation operation) {
      switch (operation.what()) {
        case OPEN, SETTIMEOUT -> {
          armed = true;
          timeoutSeconds = operation.number();
          pingNanos = operation.timeNanos();
        }
        case KEEPALIVE, WRITE, CLOSE_UNCLEAN -> pingNanos = operation.timeNanos();
        case CLOSE_CLEAN -> armed = false;
        default -> {
          // Questions and failures ping nothing.
        }
      }
    }
  }
}
