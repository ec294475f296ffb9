package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.List;

/**
 * A lease as text: {@code LOCKSPACE:RESOURCE:PATH:OFFSET[:PATH:OFFSET...][:LVER|:SH]} (11.1, cli.md
 * 2.2). Texts are byte strings, one char for each byte.
 */
public final class ResourceText {
  private static final int MAX_FIELD_LENGTH = Disk.PATH_LENGTH - 1;
  private static final int MIN_LENGTH = 3;

  private ResourceText() {}

  /**
   * Parses a resource text.
   *
   * @throws TextFormatException -6 shorter than 3 chars, -2 more than 4 disks, -1 otherwise
   */
  public static Resource parse(String text) throws TextFormatException {
    if (text.length() < MIN_LENGTH) {
      throw new TextFormatException(-6, "shorter than LS:RES");
    }
    int colons = 0;
    for (int at = next(text, 0); at >= 0; at = next(text, at + 1)) {
      colons++;
    }
    if (colons == 0 || colons == 2) {
      throw new TextFormatException(-1, "expected LS:RES:PATH:OFFSET[:LVER]");
    }
    int numDisks = (colons - 1) / 2;
    if (numDisks > Resource.MAX_DISKS) {
      throw new TextFormatException(-2, "more than 4 disks");
    }
    List<String> fields = fields(text);
    List<Disk> disks = new ArrayList<>(numDisks);
    for (int i = 0; i < numDisks; i++) {
      disks.add(disk(fields.get(2 + 2 * i), fields.get(3 + 2 * i)));
    }
    Resource resource =
        Resource.on(LeaseName.ofTextCut(fields.get(0)), LeaseName.ofTextCut(fields.get(1)), disks);
    boolean hasVersion = (colons - 1) % 2 == 1;
    return hasVersion ? withVersion(resource, fields.get(fields.size() - 1)) : resource;
  }

  /**
   * Parses a command line argument: as {@link #parse}, and the first offset may end in {@code M}
   * for mebibytes (cli.md 2.4).
   *
   * @throws TextFormatException as {@link #parse}
   */
  public static Resource parseArgument(String text) throws TextFormatException {
    return parse(MebibyteSuffix.expand(text));
  }

  /** The text of a lease: version or SH last, {@code :0} when unset (11.1). */
  public static String format(Resource resource) {
    return format(resource, resource.lver());
  }

  /** As {@link #format(Resource)} with a version from elsewhere (status: 9.5). */
  public static String format(Resource resource, long lver) {
    StringBuilder out = new StringBuilder(128);
    out.append(resource.lockspaceName().text()).append(':').append(resource.name().text());
    List<Disk> disks = resource.disks();
    for (int i = 0; i < disks.size(); i++) {
      Disk disk = disks.get(i);
      out.append(':').append(PathEscaping.exported(disk.path()));
      out.append(':').append(Long.toUnsignedString(disk.offset()));
    }
    if (resource.has(ResourceFlags.SHARED)) {
      return out.append(":SH").toString();
    }
    return out.append(':').append(Long.toUnsignedString(lver)).toString();
  }

  private static int next(String text, int from) {
    return PathEscaping.indexOfUnprotected(text, ':', from);
  }

  /** The fields with their backslashes resolved; the first two are names. */
  private static List<String> fields(String text) throws TextFormatException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ':') {
        addField(fields, field.toString());
        field.setLength(0);
        continue;
      }
      if (c == '\\') {
        if (++i == text.length()) {
          throw new TextFormatException(-1, "backslash at the end");
        }
        c = text.charAt(i);
      }
      field.append(c);
    }
    addField(fields, field.toString());
    return fields;
  }

  private static void addField(List<String> fields, String field) throws TextFormatException {
    if (fields.size() < 2) {
      if (field.length() > LeaseName.FIELD_LENGTH) {
        throw new TextFormatException(-1, "name longer than 48 bytes: " + field);
      }
    } else if (field.isEmpty() || field.length() > MAX_FIELD_LENGTH) {
      throw new TextFormatException(-1, "path, offset or version empty or longer than 1023 bytes");
    }
    fields.add(field);
  }

  private static Disk disk(String path, String offset) throws TextFormatException {
    if (!CNumbers.hasDigits(offset)) {
      throw new TextFormatException(-1, "offset is not a number: " + offset);
    }
    if (!Wire.fits(path, Disk.PATH_LENGTH)) {
      throw new TextFormatException(-1, "path is not a byte text");
    }
    return new Disk(path, CNumbers.scanUnsigned(offset));
  }

  private static Resource withVersion(Resource resource, String version) {
    if (version.startsWith("SH")) {
      return resource.withFlags(ResourceFlags.SHARED);
    }
    return resource.withFlags(ResourceFlags.LVER).withLver(CNumbers.strtoull(version));
  }
}
