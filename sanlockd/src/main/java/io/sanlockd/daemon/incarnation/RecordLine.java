package io.sanlockd.daemon.incarnation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** One line of a record: a checksum and words, each in Base64, separated by blanks. */
final class RecordLine {
  static final String HEAD = "sanlockd-1";
  static final String JOINED = "joined";
  static final String LEFT = "left";
  static final String CLIENT = "client";
  static final String USED = "used";

  private RecordLine() {}

  static String encode(String... words) {
    String text =
        Arrays.stream(words)
            .map(w -> Base64.getEncoder().encodeToString(w.getBytes(StandardCharsets.UTF_8)))
            .collect(Collectors.joining(" "));
    return checksum(text) + " " + text + "\n";
  }

  /** The words; empty when the line is damaged. */
  static Optional<String[]> decode(String line) {
    int blank = line.indexOf(' ');
    if (blank < 0 || !line.substring(0, blank).equals(checksum(line.substring(blank + 1)))) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(line.substring(blank + 1).split(" ", -1))
            .map(w -> new String(Base64.getDecoder().decode(w), StandardCharsets.UTF_8))
            .toArray(String[]::new));
  }

  private static String checksum(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.US_ASCII));
    return Long.toHexString(sum.getValue());
  }
}
