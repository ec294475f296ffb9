package io.sanlockd.client.lease;

import io.sanlockd.model.Check;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Proof of which holding of a lease a piece of work belongs to. Hand it to the storage or service
 * that does the work; a {@link FencingGate} there refuses work of an earlier holding than one it
 * has seen, even when it arrives late from a holder that does not know yet that it lost the lease.
 *
 * <p>The version of a lease grows with every exclusive holding, on whatever host; shared holdings
 * have one above all exclusive ones before and below all after. It starts again at 0 when the lease
 * is initialised anew.
 *
 * @param lockspace name of the lockspace
 * @param resource name of the resource
 * @param mode how the lease is held
 * @param hostId host_id of the holder, unsigned
 * @param generation generation of that host_id, unsigned
 * @param version lver of the lease, unsigned
 */
public record FencingToken(
    String lockspace, String resource, LeaseMode mode, long hostId, long generation, long version) {
  private static final String PREFIX = "sanlock1";
  private static final int FIELDS = 7;

  /** Checks that names are there. */
  public FencingToken {
    Check.argument(!lockspace.isEmpty() && !resource.isEmpty(), "a token without a name");
    Check.argument(mode != null, "a token without a mode");
  }

  /**
   * One line of printable ASCII without blanks, for a header, a file name or a database column:
   * {@code sanlock1:LOCKSPACE:RESOURCE:MODE:HOST_ID:GENERATION:VERSION}, names percent-encoded.
   */
  public String toText() {
    return String.join(
        ":",
        PREFIX,
        URLEncoder.encode(lockspace, StandardCharsets.UTF_8),
        URLEncoder.encode(resource, StandardCharsets.UTF_8),
        mode == LeaseMode.SHARED ? "SH" : "EX",
        Long.toUnsignedString(hostId),
        Long.toUnsignedString(generation),
        Long.toUnsignedString(version));
  }

  /**
   * Reads what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static FencingToken parse(String text) {
    String[] fields = text.split(":", -1);
    Check.argument(fields.length == FIELDS && fields[0].equals(PREFIX), "not a token: " + text);
    Check.argument(fields[3].equals("SH") || fields[3].equals("EX"), "not a token: " + text);
    return new FencingToken(
        URLDecoder.decode(fields[1], StandardCharsets.UTF_8),
        URLDecoder.decode(fields[2], StandardCharsets.UTF_8),
        fields[3].equals("SH") ? LeaseMode.SHARED : LeaseMode.EXCLUSIVE,
        Long.parseUnsignedLong(fields[4]),
        Long.parseUnsignedLong(fields[5]),
        Long.parseUnsignedLong(fields[6]));
  }

  @Override
  public String toString() {
    return toText();
  }
}
