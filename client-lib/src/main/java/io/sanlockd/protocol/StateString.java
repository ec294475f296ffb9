package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.util.List;

/** Text of a lease as INQUIRE and the command line show it (protocol.md 11.1 to 11.3). */
public final class StateString {
  private StateString() {}

  /**
   * One lease: {@code LS:RES:PATH:OFFSET[...]:LVER} or {@code :SH}.
   *
   * @param lver version, unused when shared
   */
  public static String of(
      LeaseName lockspace, LeaseName name, List<Disk> disks, boolean shared, long lver) {
    StringBuilder text = new StringBuilder();
    text.append(lockspace).append(':').append(name);
    for (Disk disk : disks) {
      text.append(':').append(exportPath(disk.path()));
      text.append(':').append(Long.toUnsignedString(disk.offset()));
    }
    text.append(':').append(shared ? "SH" : Long.toUnsignedString(lver));
    return text.toString();
  }

  /** Puts a backslash before each blank and colon that has none; escaped pairs stay. */
  public static String exportPath(String path) {
    StringBuilder text = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        text.append(c).append(path.charAt(++i));
      } else {
        if (c == ' ' || c == ':') {
          text.append('\\');
        }
        text.append(c);
      }
    }
    return text.toString();
  }
}
