package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;

/**
 * A lockspace as text: {@code NAME:HOST_ID:PATH:OFFSET} (11.4, cli.md 2.1). Parsing never fails;
 * what is missing stays as it was, what is wrong is found by the request.
 */
public final class LockspaceText {
  private LockspaceText() {}

  /** Parses a lockspace text; fields that are not given are empty or zero. */
  public static Lockspace parse(String text) {
    return parse(text, Lockspace.NONE);
  }

  /**
   * Parses a lockspace text over an earlier one.
   *
   * @param previous keeps the fields that {@code text} does not have
   */
  public static Lockspace parse(String text, Lockspace previous) {
    String[] fields = split(text);
    LeaseName name = LeaseName.ofTextCut(fields[0]);
    long hostId = fields[1] == null ? previous.hostId() : CNumbers.atoll(fields[1]);
    String path = fields[2] == null ? previous.disk().path() : path(fields[2]);
    long offset = fields[3] == null ? previous.disk().offset() : CNumbers.atoll(fields[3]);
    return new Lockspace(name, hostId, previous.flags(), new Disk(path, offset));
  }

  /** Parses a command line argument: as {@link #parse}, and the offset may end in {@code M}. */
  public static Lockspace parseArgument(String text, Lockspace previous) {
    return parse(MebibyteSuffix.expand(text), previous);
  }

  /** The text as {@code gets}, {@code read} print it: the path is not escaped (cli.md 2.5). */
  public static String format(Lockspace lockspace) {
    return format(lockspace, lockspace.disk().path());
  }

  /** The text as {@code status} prints it: the path is escaped (cli.md 2.5). */
  public static String formatEscaped(Lockspace lockspace) {
    return format(lockspace, PathEscaping.exported(lockspace.disk().path()));
  }

  private static String format(Lockspace lockspace, String path) {
    return lockspace.name().text()
        + ":"
        + Long.toUnsignedString(lockspace.hostId())
        + ":"
        + path
        + ":"
        + Long.toUnsignedString(lockspace.disk().offset());
  }

  private static String[] split(String text) {
    String[] fields = new String[4];
    int from = 0;
    for (int i = 0; i < 3; i++) {
      int at = PathEscaping.indexOfUnprotected(text, ':', from);
      if (at < 0) {
        fields[i] = text.substring(from);
        return fields;
      }
      fields[i] = text.substring(from, at);
      from = at + 1;
    }
    fields[3] = text.substring(from);
    return fields;
  }

  private static String path(String field) {
    String path = PathEscaping.imported(field);
    return Wire.fits(path, Disk.PATH_LENGTH) ? path : cut(path);
  }

  private static String cut(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length() && out.length() < Disk.PATH_LENGTH - 1; i++) {
      char c = path.charAt(i);
      if (c == 0) {
        break;
      }
      out.append(c > 255 ? '?' : c);
    }
    return out.toString();
  }
}
