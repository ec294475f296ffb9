package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;

/**
 * Arguments of the resource index commands: {@code LOCKSPACE:PATH:OFFSET} and {@code
 * [NAME][:OFFSET]} (cli.md 2.3). Parsing never fails.
 */
public final class IndexText {
  private IndexText() {}

  /** An index; the name is cut at 48 bytes, backslashes vanish from the path. */
  public static ResourceIndex parseIndex(String text) {
    int afterName = PathEscaping.indexOfUnprotected(text, ':', 0);
    if (afterName < 0) {
      return new ResourceIndex(0, 0, LeaseName.ofTextCut(text), Disk.NONE);
    }
    LeaseName name = LeaseName.ofTextCut(text.substring(0, afterName));
    int afterPath = PathEscaping.indexOfUnprotected(text, ':', afterName + 1);
    String field = text.substring(afterName + 1, afterPath < 0 ? text.length() : afterPath);
    String path = PathEscaping.imported(field);
    long offset = afterPath < 0 ? 0 : MebibyteSuffix.offset(text.substring(afterPath + 1));
    boolean usable = Wire.fits(path, Disk.PATH_LENGTH);
    return new ResourceIndex(0, 0, name, usable ? new Disk(path, offset) : Disk.NONE);
  }

  /** An entry; split at the first colon, no escaping. */
  public static IndexEntry parseEntry(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    long offset = colon < 0 ? 0 : MebibyteSuffix.offset(text.substring(colon + 1));
    return new IndexEntry(LeaseName.ofTextCut(name), offset, 0);
  }
}
