package io.sanlockd.daemon.golden;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replies as text without what differs from run to run, for comparison. */
final class MaskedReply {
  /** Values that depend on the run, by record type; "*" for all types. */
  private static final Set<String> VOLATILE =
      Set.of(
          "1.our_host_name",
          "1.debug_cmds",
          "1.gid",
          "1.uid",
          "1.mlock_level",
          "1.helper_pid",
          "1.helper_kill_fd",
          "1.helper_last_status",
          "1.monotime",
          "2.ci",
          "2.fd",
          "2.pid",
          "2.cmd_last",
          "2.kill_last",
          "3.space_id",
          "3.host_generation",
          "3.acquire_last_attempt",
          "3.acquire_last_success",
          "3.renewal_last_attempt",
          "3.renewal_last_success",
          "4.lver",
          "4.reused",
          "4.res_id",
          "4.token_id",
          "5.last_check",
          "5.last_live",
          "5.last_req",
          "5.owner_generation",
          "5.timestamp",
          "6.timestamp",
          "6.read_ms",
          "6.write_ms");

  private static final Pattern KEY_VALUE = Pattern.compile("([a-z_]+)=(\\S*)");
  private static final Pattern VERSION = Pattern.compile(":\\d+(?=[ \\x00]|$)");
  private static final int HOST_BYTES = 32;
  private static final int LVER_AT = 96;
  private static final int LOCKSPACE_PADDING_AT = 60;

  private MaskedReply() {}

  /** All replies of a stream, one line for each header and structure. */
  static String of(byte[] bytes) {
    ByteBuffer stream = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder text = new StringBuilder();
    try {
      while (stream.hasRemaining()) {
        MessageHeader header = MessageHeader.decode(stream);
        text.append(header).append('\n');
        appendBody(header, stream, text);
      }
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e);
    }
    return text.toString();
  }

  private static void appendBody(MessageHeader header, ByteBuffer stream, StringBuilder text)
      throws ProtocolException {
    Optional<Command> command = Command.of(header.command());
    if (command.isEmpty() || !stream.hasRemaining()) {
      return;
    }
    switch (command.get()) {
      case STATUS, HOST_STATUS, RENEWAL -> appendRecords(stream, text);
      case INQUIRE -> {
        String state = text(stream, header.length() - MessageHeader.LENGTH);
        text.append(VERSION.matcher(state).replaceAll(":N")).append('\n');
      }
      case READ_RESOURCE -> {
        ByteBuffer resource = take(stream, Resource.LENGTH);
        resource.putLong(LVER_AT, 0);
        appendHex(resource, text);
      }
      case READ_RESOURCE_OWNERS -> {
        ByteBuffer resource = take(stream, Resource.LENGTH);
        resource.putLong(LVER_AT, 0);
        appendHex(resource, text);
        appendHosts(header.data2(), stream, text);
      }
      case ACQUIRE2 -> {
        if (header.length() > MessageHeader.LENGTH) {
          appendHosts(1, stream, text);
          appendHex(take(stream, LeaseName.FIELD_LENGTH), text);
        }
      }
      case READ_LOCKSPACE_HOST -> {
        ByteBuffer body = take(stream, header.length() - MessageHeader.LENGTH);
        // After an error the C daemon announces a body that it does not send.
        if (header.data() == 0) {
          appendHex(take(body, Lockspace.LENGTH), text);
          appendHosts(1, body, text);
        }
      }
      case GET_HOSTS -> appendHosts(header.data2(), stream, text);
      case GET_LOCKSPACES -> {
        for (int i = 0; i < header.data2(); i++) {
          ByteBuffer lockspace = take(stream, Lockspace.LENGTH);
          // Padding, which the C daemon leaves as it was in its memory.
          lockspace.putInt(LOCKSPACE_PADDING_AT, 0);
          appendHex(lockspace, text);
        }
      }
      default -> {
        if (header.length() > MessageHeader.LENGTH) {
          appendHex(take(stream, header.length() - MessageHeader.LENGTH), text);
        }
      }
    }
  }

  private static void appendHosts(int count, ByteBuffer stream, StringBuilder text) {
    for (int i = 0; i < count; i++) {
      ByteBuffer host = take(stream, HOST_BYTES);
      host.putLong(8, 0).putLong(16, 0);
      appendHex(host, text);
    }
  }

  private static void appendRecords(ByteBuffer stream, StringBuilder text)
      throws ProtocolException {
    // A reply on a connection that stays open may be followed by another one.
    while (stream.hasRemaining() && stream.getInt(stream.position()) != MessageHeader.MAGIC) {
      StateRecord record = StateRecord.decode(stream);
      boolean volatilePid = record.type() == StateRecord.CLIENT || isResource(record);
      boolean volatileNumber = isResource(record) || record.type() >= StateRecord.HOST;
      text.append(record.type())
          .append(' ')
          .append(volatilePid ? "pid" : record.data32())
          .append(' ')
          .append(volatileNumber ? "number" : record.data64())
          .append(' ')
          .append(record.type() == StateRecord.DAEMON ? "host" : pidMasked(record))
          .append(' ')
          .append(masked(record))
          .append('\n');
      if (record.type() == StateRecord.LOCKSPACE) {
        Lockspace lockspace = Lockspace.decode(stream);
        text.append(lockspace.name()).append(' ').append(lockspace.hostId()).append(' ');
        append(lockspace.disk(), text);
      } else if (isResource(record)) {
        Resource resource = Resource.decodeWithDisks(stream);
        text.append(resource.withDisks(List.of())).append(' ');
        resource.disks().forEach(disk -> append(disk, text));
      }
    }
  }

  private static boolean isResource(StateRecord record) {
    return record.type() == StateRecord.RESOURCE;
  }

  private static String pidMasked(StateRecord record) {
    return record.name().text().matches("\\d+") ? "pid" : record.name().text();
  }

  private static void append(Disk disk, StringBuilder text) {
    text.append(disk.path()).append(':').append(disk.offset()).append('\n');
  }

  private static String masked(StateRecord record) {
    Matcher matcher = KEY_VALUE.matcher(record.text());
    StringBuilder masked = new StringBuilder();
    while (matcher.find()) {
      boolean differs = VOLATILE.contains(record.type() + "." + matcher.group(1));
      matcher.appendReplacement(
          masked,
          Matcher.quoteReplacement(matcher.group(1) + "=" + (differs ? "?" : matcher.group(2))));
    }
    return matcher.appendTail(masked).toString();
  }

  private static ByteBuffer take(ByteBuffer stream, int length) {
    byte[] bytes = new byte[Math.min(length, stream.remaining())];
    stream.get(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String text(ByteBuffer stream, int length) {
    return StandardCharsets.ISO_8859_1.decode(take(stream, length)).toString();
  }

  private static void appendHex(ByteBuffer bytes, StringBuilder text) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    text.append(HexFormat.of().formatHex(copy)).append('\n');
  }
}
