package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadKind;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * Debug lines about commands ({@code debug_cmd}) and connections ({@code debug_clients}; config.md
 * 3). Main loop only.
 */
final class CommandTrace {
  private final LeaseLog log;
  private final long commands;
  private final boolean connections;

  /**
   * Writes the lines that are wanted.
   *
   * @param commands bit N for the command of number N
   */
  CommandTrace(LeaseLog log, long commands) {
    this.log = log;
    // As with the C program, no line for those that programs ask over and over.
    this.commands = commands & ~(bit(Command.VERSION) | bit(Command.LOG_DUMP));
    this.connections = log.wants(LogDetail.CLIENTS);
  }

  void opened(Client client) {
    connection(client, "add");
  }

  void received(Client client, MessageHeader header) {
    if (connections) {
      connection(client, "recv " + MessageHeader.LENGTH + " " + header.command());
    }
  }

  void freed(Client client) {
    connection(client, "free");
  }

  private void connection(Client client, String what) {
    if (connections) {
      log.debug("cl " + client.slot() + ":" + client.fd() + " " + what);
    }
  }

  /** A command begins. */
  void begun(Client client, Command command, MessageHeader header, ByteBuffer payload) {
    if (wanted(command)) {
      log.debug(
          text(client, command)
              + subject(command, payload)
              + " flags "
              + Integer.toHexString(header.flags())
              + " data "
              + header.data());
    }
  }

  /** A command has its answer. */
  void answered(Client client, Command command, int result) {
    if (wanted(command)) {
      log.debug(text(client, command) + " done " + result);
    }
    if (connections) {
      connection(client, "send " + result);
    }
  }

  private boolean wanted(Command command) {
    return (commands & bit(command)) != 0;
  }

  private static long bit(Command command) {
    return 1L << command.number();
  }

  private static String text(Client client, Command command) {
    String pid = client.registered() ? "," + client.pid() : "";
    return "cmd_"
        + command.name().toLowerCase(Locale.ROOT)
        + " "
        + client.slot()
        + ","
        + client.fd()
        + pid;
  }

  /** What the command is about, where its payload says it. */
  private static String subject(Command command, ByteBuffer payload) {
    ByteBuffer copy = payload.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (copy.remaining() >= Lockspace.LENGTH && namesLockspace(command.payload())) {
        Lockspace lockspace = Lockspace.decode(copy);
        return " "
            + lockspace.name()
            + ":"
            + Long.toUnsignedString(lockspace.hostId())
            + ":"
            + lockspace.disk().path()
            + ":"
            + lockspace.disk().offset();
      }
      if (copy.remaining() >= Resource.LENGTH && namesResource(command.payload())) {
        Resource resource = Resource.decode(copy);
        return " " + resource.lockspaceName() + ":" + resource.name();
      }
    } catch (ProtocolException e) {
      return " (" + e.getMessage() + ")";
    }
    return "";
  }

  private static boolean namesLockspace(PayloadKind kind) {
    return kind == PayloadKind.LOCKSPACE || kind == PayloadKind.LOCKSPACE_AND_EVENT;
  }

  private static boolean namesResource(PayloadKind kind) {
    return switch (kind) {
      case RESOURCE, RESOURCE_WITH_DISKS, ACQUIRE, RELEASE, VALUE_BLOCK -> true;
      default -> false;
    };
  }
}
