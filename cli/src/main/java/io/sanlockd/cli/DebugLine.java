package io.sanlockd.cli;

import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/** What {@code -D} adds on standard error while arguments are read (cli.md 3, 4). */
final class DebugLine {
  private DebugLine() {}

  static void lockspace(Out err, Lockspace lockspace) {
    print(
        err,
        "lockspace "
            + lockspace.name().text()
            + " host_id "
            + Long.toUnsignedString(lockspace.hostId())
            + place(lockspace.disk()));
  }

  static void resource(Out err, Resource resource) {
    print(err, "resource " + resource.lockspaceName().text() + " " + resource.name().text());
    for (Disk disk : resource.disks()) {
      print(err, "resource disk" + place(disk));
    }
  }

  private static String place(Disk disk) {
    return " path " + disk.path() + " offset " + Long.toUnsignedString(disk.offset());
  }

  static void print(Out err, String message) {
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    err.line(
        LocalDateTime.now(ZoneId.systemDefault()).format(format)
            + " "
            + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime())
            + " ["
            + ProcessHandle.current().pid()
            + "]: "
            + message);
  }
}
