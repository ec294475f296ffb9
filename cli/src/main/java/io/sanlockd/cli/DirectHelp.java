package io.sanlockd.cli;

import java.util.List;

/** The words of {@code sanlock help direct ACTION}. */
final class DirectHelp {
  private static final String LS = "-s LS1:1:/dev/vg/leases:0";
  private static final String RES = "-r LS1:disk7:/dev/vg/leases:1M";
  private static final String RX = "-x LS1:/dev/vg/leases:1M";

  static final List<HelpTopic> TOPICS =
      List.of(
          action(
              "init",
              "-s LOCKSPACE | -r RESOURCE [-z 0|1] [-n NUMBER] [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Writes an empty lockspace or lease. Everything that was there is lost.",
              "srzZno",
              "sanlock direct init " + LS,
              "sanlock direct init " + RES),
          action(
              "dump",
              "PATH[:OFFSET[:SIZE]] [-f 1|2] [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Prints every lease on a disk. Without SIZE it stops at the first area that holds"
                  + " none. A colon in the path is written \\:.",
              "VZ",
              "sanlock direct dump /dev/vg/leases",
              "sanlock direct dump /dev/vg/leases:1M:64M -f 1"),
          action(
              "read_leader",
              "-s LOCKSPACE | -r RESOURCE",
              "Prints the record that says who owns a host_id or a lease.",
              "srZ",
              "sanlock direct read_leader " + LS,
              "sanlock direct read_leader " + RES),
          new HelpTopic(
              "direct write_leader",
              "direct write_leader -s LOCKSPACE | -r RESOURCE -F FILE [-f 0|1]",
              "Changes fields of the record that says who owns a host_id or a lease. For repair by people who know what they do: nothing"
                  + " may use the lease meanwhile. Only the first disk of a lease is written, so name"
                  + " them one by one.",
              List.of(
                  HelpOption.of("s").get(0),
                  HelpOption.of("r").get(0),
                  new HelpOption("-F FILE", "lines \"FIELD VALUE\" as read_leader prints them"),
                  HelpOption.of("F").get(0)),
              List.of("sanlock direct write_leader " + RES + " -F fields")),
          action(
              "next_free",
              "PATH[:OFFSET] [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Prints how far it is from the offset to the first area that holds no lease.",
              "Z",
              "sanlock direct next_free /dev/vg/leases"),
          action(
              "format",
              "-x RINDEX [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Writes an empty resource index and its internal lease. Leases behind it stay.",
              "xZ",
              "sanlock direct format " + RX),
          action(
              "lookup",
              "-x RINDEX [-e ENTRY]",
              "Finds a lease by name or offset, or without -e the first free offset.",
              "xe",
              "sanlock direct lookup " + RX + " -e disk7"),
          action(
              "update",
              "-x RINDEX -e NAME:OFFSET [-z 0|1]",
              "Sets or clears an index entry; the offset is always needed.",
              "xez",
              "sanlock direct update " + RX + " -e disk7:3M"),
          action(
              "rebuild",
              "-x RINDEX",
              "Rebuilds a resource index from the leases behind it. Nothing may use the index"
                  + " meanwhile.",
              "x",
              "sanlock direct rebuild " + RX),
          action(
              "acquire",
              "-r RESOURCE -i HOST_ID -g GENERATION [-n NUMBER] [-o SECONDS]",
              "Takes a free lease for a host. It stays that host's until the host is dead or"
                  + " releases it; an owned lease is refused, because only a daemon knows whether the"
                  + " owner is alive.",
              "rWno",
              "sanlock direct acquire " + RES + " -i 1 -g 1"),
          action(
              "release",
              "-r RESOURCE",
              "Tells whether a lease is free; one that is owned is refused. Only the daemon of its"
                  + " owner knows whether it is still used: sanlock client release.",
              "r",
              "sanlock direct release " + RES),
          action(
              "acquire_id",
              "-s LOCKSPACE [-e HOST_NAME] [-o SECONDS]",
              "Takes a host_id as a daemon does, with the same waiting times. Nothing renews it: it"
                  + " lasts for 8 io timeouts.",
              "sNo",
              "sanlock direct acquire_id " + LS + " -e host7"),
          action(
              "renew_id",
              "-s LOCKSPACE [-o SECONDS]",
              "Renews a host_id that acquire_id took. Waits two io timeouts first to make sure that"
                  + " no daemon renews it.",
              "so",
              "sanlock direct renew_id " + LS),
          action(
              "release_id",
              "-s LOCKSPACE [-o SECONDS]",
              "Gives a host_id back that acquire_id took, and with it all leases of the host. Waits two io timeouts"
                  + " first to make sure that no daemon renews it.",
              "so",
              "sanlock direct release_id " + LS));

  private DirectHelp() {}

  private static HelpTopic action(
      String name, String synopsis, String purpose, String letters, String... examples) {
    return HelpTopic.action("direct", name, synopsis, purpose, letters, examples);
  }
}
