package io.sanlockd.cli;

import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.CNumbers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A leader record as lines {@code NAME VALUE} (cli.md 8): printed by {@code read_leader}, changed
 * by {@code write_leader}.
 */
final class LeaderText {
  private static final Set<String> HEX = Set.of("magic", "version", "flags", "checksum");
  private static final Set<String> NAMES = Set.of("space_name", "resource_name");
  private static final int HEX_DIGITS = 16;
  private static final int SHORT_MASK = 0xffff;

  private final LeaderRecord original;
  private final boolean isDelta;
  private final Map<String, String> fields = new LinkedHashMap<>();

  LeaderText(LeaderRecord leader, boolean isDelta) {
    this.original = leader;
    this.isDelta = isDelta;
    hex("magic", leader.magic());
    hex("version", leader.version());
    hex("flags", leader.flags());
    number("sector_size", Integer.toUnsignedLong(leader.sectorSize()));
    number("num_hosts", leader.numHosts());
    number("max_hosts", leader.maxHosts());
    number("owner_id", leader.ownerId());
    number("owner_generation", leader.ownerGeneration());
    number("lver", leader.lver());
    fields.put("space_name", leader.spaceName().text());
    fields.put("resource_name", leader.resourceName().text());
    number("timestamp", leader.timestamp());
    hex("checksum", leader.checksum());
    number("io_timeout", leader.ioTimeout());
    number(extra(1), leader.writeId());
    number(extra(2), leader.writeGeneration());
    number(extra(3), leader.writeTimestamp());
  }

  private void hex(String name, int value) {
    fields.put(name, "0x" + Integer.toHexString(value));
  }

  private void number(String name, long value) {
    fields.put(name, Long.toUnsignedString(value));
  }

  /** The last three fields have different names in the two kinds of leases. */
  private String extra(int number) {
    if (isDelta) {
      return "extra" + number;
    }
    return switch (number) {
      case 1 -> "write_id";
      case 2 -> "write_generation";
      default -> "write_timestamp";
    };
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /**
   * Changes a field.
   *
   * @return false when the value is no number where one is needed; then nothing is changed
   */
  boolean set(String name, String value) {
    boolean isHex = HEX.contains(name);
    boolean isName = NAMES.contains(name);
    if (!isName && (isHex ? hexDigits(value).isEmpty() : !CNumbers.hasDigits(value))) {
      return false;
    }
    fields.put(name, value);
    return true;
  }

  /** The record with the fields as they are now. */
  LeaderRecord record() {
    return new LeaderRecord(
        hexValue("magic"),
        hexValue("version"),
        hexValue("flags"),
        (int) value("sector_size"),
        value("num_hosts"),
        value("max_hosts"),
        value("owner_id"),
        value("owner_generation"),
        value("lver"),
        LeaseName.ofTextCut(fields.get("space_name")),
        LeaseName.ofTextCut(fields.get("resource_name")),
        value("timestamp"),
        original.unused1(),
        hexValue("checksum"),
        original.unused2(),
        (int) value("io_timeout") & SHORT_MASK,
        value(extra(1)),
        value(extra(2)),
        value(extra(3)));
  }

  private long value(String name) {
    return CNumbers.scanUnsigned(fields.get(name));
  }

  private int hexValue(String name) {
    String digits = hexDigits(fields.get(name));
    return (int) Long.parseUnsignedLong(digits, HEX_DIGITS);
  }

  /** The digits of {@code %x}, at most as many as fit. */
  private static String hexDigits(String text) {
    int from = text.startsWith("0x") || text.startsWith("0X") ? 2 : 0;
    int end = from;
    while (end < text.length()
        && end - from < HEX_DIGITS
        && Character.digit(text.charAt(end), HEX_DIGITS) >= 0) {
      end++;
    }
    return text.substring(from, end);
  }

  void print(Out out) {
    fields.forEach((name, value) -> out.line(name + " " + value));
  }
}
